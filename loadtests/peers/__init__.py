"""Peers on the same machine, with the same voters and the same generator."""
