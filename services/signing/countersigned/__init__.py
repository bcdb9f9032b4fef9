"""The signed edition: the certificate as persons sign it, and as it can still be checked in twenty years."""
