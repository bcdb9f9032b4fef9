"""Backups of one installation: made while voting is on, proven before they are called whole, restored to a moment."""
