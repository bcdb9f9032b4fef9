-- Minutes of a sitting are a third kind of paper: `about` the meeting, `line` the edition.
alter table paper drop constraint paper_kind_check;
alter table paper add constraint paper_kind_check check (kind in ('certificate', 'record', 'minutes'));
