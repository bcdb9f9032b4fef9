"""Credentials of persons and certificates of results."""
