-- The keys that meetings began with: whoever starts this database with those of another house is refused. Written and read
-- by `plenary run` alone. `fingerprint`: SHA-256 of the public half; of a key without one, of the key behind a prefix.
create table house_key (
    name text primary key,
    fingerprint bytea not null check (octet_length(fingerprint) = 32)
);
