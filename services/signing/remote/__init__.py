"""Signing services outside: one port, an adapter for each kind, and what they leave behind as evidence."""
