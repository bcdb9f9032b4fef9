-- How a signature at a service stands, for who waits for it; and that it may be wanted no more.

-- `trouble`: the code of what is in the way just now. `withdrawn`: who wanted it does not any more.
alter table remote_signature add column trouble text not null default '';
alter table remote_signature drop constraint remote_signature_outcome_check;
alter table remote_signature add constraint remote_signature_outcome_check
    check (outcome in ('signed', 'declined', 'expired', 'failed', 'withdrawn'));
create index remote_signature_by on remote_signature (thumbprint);
