import { useState } from "preact/hooks";
import { demandWords, quorumWords } from "../views/demand.ts";
import type { Body, Poll } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { PollForm } from "./poll_form.tsx";
import { POLL_WORDS, WORDS } from "./words.ts";

/** The polls of the meeting: what is prepared waits for the chair; here nothing is announced or opened. */
export function Polls(work: Work) {
  const { session, meeting, records, shown } = work;
  const [writing, setWriting] = useState(false);
  const doing = useDoing();
  const polls = records.polls.value ?? [];
  const body = records.body.value;
  const keep = (draft: object) => doing.run(async () => {
    await session.ask("POST", `/voting/meetings/${encodeURIComponent(meeting)}/polls`, { json: draft });
    setWriting(false);
    records.polls.again();
  }, WORDS.pollKept);
  return (
    <>
      <section class="sheet">
        <p class="quiet">{say(WORDS.pollsHow)}</p>
        {polls.length > 0 && body ? (
          <ul class="polls">
            {polls.map((poll) => <PollRow key={poll.id} poll={poll} body={body} roll={records.frozen?.entries.length ?? 0} presiding={nameOf(work, poll.presiding)} />)}
          </ul>
        ) : <p class="notice">{say(WORDS.noPolls)}</p>}
        {!writing && <Outcome of={doing} />}
        {!writing && shown.meeting?.state !== "ended" && <div class="acts"><button type="button" class="primary" onClick={() => { doing.clear(); setWriting(true); }}>{say(WORDS.addPoll)}</button></div>}
      </section>
      {writing && body && <PollForm work={work} body={body} doing={doing} keep={keep} leave={() => { doing.clear(); setWriting(false); }} />}
    </>
  );
}

function nameOf({ records }: Work, member: string): string {
  return records.members.value?.find(({ id }) => id === member)?.name ?? member;
}

function PollRow({ poll, body, roll, presiding }: { poll: Poll; body: Body; roll: number; presiding: string }) {
  const quorum = say(quorumWords(poll.rule, body, roll));
  return (
    <li data-poll={poll.id} data-state={poll.state}>
      <p class="acts spread"><strong>{poll.title}</strong><span class={`badge ${poll.state}`}>{say(POLL_WORDS[poll.state])}</span></p>
      <p class="quiet">{say(demandWords(poll.rule, body, roll, 0))}{quorum && `. ${quorum}`}. {say(WORDS.presidedBy, { name: presiding })}{poll.changes && `. ${say(WORDS.mayChange)}`}</p>
    </li>
  );
}
