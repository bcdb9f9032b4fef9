-- A key is one passkey's, for ever: with it two members of a body would confirm ballots that nobody could prove afterwards.
create unique index passkey_by_key on passkey (body, sha256(public_key));
