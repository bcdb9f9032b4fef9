-- was: 0015_several_at_once
-- Several signatures that a person confirms at once at a service: page and statement of a certificate.

-- `hashes` (JSON): each with what the app shows of it, signed by `alg`, in place of a message.
alter table remote_signature add column hashes bytea not null default '[]';
alter table remote_signature add column alg text not null default '';
create index remote_signature_pair on remote_signature (ended_at) where alg <> '' and outcome = 'signed';
