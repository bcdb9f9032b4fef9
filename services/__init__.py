"""Plenary: the voting desk and the signing office of a paperless meeting room."""
