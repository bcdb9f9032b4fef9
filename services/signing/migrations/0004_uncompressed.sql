-- Statements are mostly base64, PDFs are compressed: compressing them again gains nothing, and takes 10 ms a megabyte.
alter table paper alter column statement set storage external;
alter table paper_file alter column content set storage external;
