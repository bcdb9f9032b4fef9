-- How often a member's key was replaced lately, and which was the last: asked at every renewal.
create index credential_by_member on credential (body, member, issued_at);
