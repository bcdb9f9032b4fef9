-- How many ballots have come to a poll, counted as they come: a great poll is told from others without reading it.
alter table poll add column ballots bigint not null default 0;
-- All lines are read once, however many polls there are.
update poll p set ballots = e.ballots
from (select poll, count(*) as ballots from entry where seq is not null group by poll) e where e.poll = p.no;
