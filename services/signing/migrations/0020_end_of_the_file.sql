-- The archive of the file ends by itself, as the page's does (`ends_at`). Null: nobody looked yet, or there is none.
alter table signed_edition add column file_ends_at bigint;
create index signed_edition_file_ends on signed_edition (file_ends_at) where ends_at is not null;
grant update (file_ends_at) on signed_edition to plenary_signing;
