"""Streams out to screens, as server-sent events."""
