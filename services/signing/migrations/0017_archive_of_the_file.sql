-- was: 0016_archive_of_the_file
-- plenary renew puts a new archive time-stamp on the file, too.
grant update (json, json_sha256) on signed_edition to plenary_signing;
