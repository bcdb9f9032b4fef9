-- was: 0017_confirmed_on_a_page
-- Signatures that are confirmed on a service's own page, and questions whose answer was lost.

-- `granted` (JSON): what the person's browser came back with, kept until it is used. `losses`: so often the service may
-- have asked the person, and what it answered was lost.
alter table remote_signature add column granted bytea;
alter table remote_signature add column losses integer not null default 0;
