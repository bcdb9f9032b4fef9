"""Polls and ballots: the ballot box, the ledger, the count."""
