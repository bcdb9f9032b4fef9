"""The speaker queue: signed acts in, one transaction, receipts and places out; its clock, streams and webhooks."""
