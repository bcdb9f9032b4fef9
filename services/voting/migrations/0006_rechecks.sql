-- Certificates of other authorities behind ballots are asked about again after the cut, before the count.

-- Until when others may tell of them, of a poll that is cut; and where the line stands that says what was found.
alter table poll add column recheck_until bigint, add column rechecked_index bigint;
