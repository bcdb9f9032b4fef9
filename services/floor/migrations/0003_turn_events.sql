-- How many events there have been of turns (`turn.*`) with this line: what numbers them, for webhooks and for the live
-- stream alike. No webhook has a number of its own any more.
alter table entry add column turns bigint not null default 0;
update entry set turns = counted.turns from (
    select ledger, index, sum((
        select count(*) from jsonb_array_elements(convert_from(line, 'UTF8')::jsonb -> 'news') as news
        where news ->> 'news' = 'turn'
    )) over (partition by ledger order by index) as turns from entry
) as counted where entry.ledger = counted.ledger and entry.index = counted.index and counted.turns > 0;
alter table entry alter column turns drop default;
alter table delivery drop column sent;
