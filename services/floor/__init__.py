"""The speaker queue (not yet open: nothing here is served)."""
