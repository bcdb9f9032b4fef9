"""What we tell the person at the terminal when we cannot go on."""


class Complaint(Exception):
    """We cannot go on; the text says in one line what is wrong and what to do. Shown without a traceback."""
