"""Bodies, members, the roll, the agenda, presence, and who is signed in."""
