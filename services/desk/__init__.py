"""The front door on one machine."""
