"""How fast, measured: each figure beside its limit on the same machine in the same run. See README.md."""
