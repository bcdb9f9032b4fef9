-- The certificate of the key with which somebody had signed in who added a passkey ('' for those from before this): where
-- somebody else had that key, what was added with it ends, whatever the clocks said and however late the news came.
alter table passkey add column added_with text not null default '';
