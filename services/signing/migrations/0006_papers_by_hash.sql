-- Who scans the QR code of a page has nothing but its hash.
create index paper_sha256 on paper (sha256) where sha256 is not null;
