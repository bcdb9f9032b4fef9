-- Workers read credentials in the order in which they were issued, a few at a time (see known_keys).
create index credential_issued on credential (issued_at, thumbprint) where revoked_at is null;
