"""Plumbing with no word of voting in it."""
