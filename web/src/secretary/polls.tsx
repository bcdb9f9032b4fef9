import { useEffect, useState } from "preact/hooks";
import { Asking } from "../views/asking.tsx";
import { demandWords, quorumWords } from "../views/demand.ts";
import { DESK_WORDS, POLL_WORDS } from "../views/words.ts";
import type { Body, DraftShown, Poll } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { PollForm, type Drafted } from "./poll_form.tsx";
import { WORDS } from "./words.ts";

/** A draft that is being written: a new one, or one that stands, as it was seen. */
interface Writing {
  readonly seen: DraftShown | undefined;
}

/** The polls of the meeting: what is prepared waits for the chair; here nothing is announced or opened. */
export function Polls(work: Work) {
  const { session, meeting, records, shown, holdsUnsaved } = work;
  const [writing, setWriting] = useState<Writing>();
  const [dropping, setDropping] = useState<{ readonly poll: Poll; readonly seen: string }>();
  const doing = useDoing();
  useEffect(() => holdsUnsaved(writing !== undefined), [writing]);
  const polls = records.polls.value ?? [];
  const body = records.body.value;
  const draftAt = (poll: string) => `/voting/polls/${encodeURIComponent(poll)}/draft`;
  const keep = (draft: Drafted) => doing.run(async () => {
    const seen = writing?.seen;
    if (seen) await session.ask("PUT", draftAt(draft.id), { json: { seen: seen.sha256, draft } });
    else await session.ask("POST", `/voting/meetings/${encodeURIComponent(meeting)}/polls`, { json: draft });
    setWriting(undefined);
    records.polls.again();
  }, WORDS.pollKept);
  const look = async (poll: Poll) => session.ask<DraftShown>("GET", draftAt(poll.id));
  const edit = (poll: Poll) => doing.run(async () => setWriting({ seen: await look(poll) }), WORDS.draftTaken);
  const askDrop = (poll: Poll) => doing.run(async () => setDropping({ poll, seen: (await look(poll)).sha256 }), WORDS.draftTaken);
  const drop = (poll: Poll, seen: string) => {
    setDropping(undefined);
    doing.run(() => session.ask("DELETE", `${draftAt(poll.id)}?seen=${seen}`).then(records.polls.again), WORDS.draftDropped);
  };
  return (
    <>
      <section class="sheet">
        <p class="quiet">{say(WORDS.pollsHow)}</p>
        {polls.length > 0 && body ? (
          <ul class="polls">
            {polls.map((poll) => (
              <PollRow key={poll.id} poll={poll} body={body} work={work}>
                {poll.state === "draft" && (
                  <div class="acts">
                    <button type="button" class="small" onClick={() => edit(poll)} aria-label={`${say(WORDS.edit)}: ${poll.title}`}>{say(WORDS.edit)}</button>
                    <button type="button" class="plain small danger" onClick={() => askDrop(poll)} aria-label={`${say(WORDS.remove)}: ${poll.title}`}>{say(WORDS.remove)}</button>
                  </div>
                )}
              </PollRow>
            ))}
          </ul>
        ) : <p class="notice">{say(WORDS.noPolls)}</p>}
        {!writing && <Outcome of={doing} />}
        {!writing && shown.meeting?.state !== "ended" && <div class="acts"><button type="button" class="primary" onClick={() => { doing.clear(); setWriting({ seen: undefined }); }}>{say(WORDS.addPoll)}</button></div>}
      </section>
      {writing && body && <PollForm key={writing.seen?.sha256 ?? ""} {...{ work, body, doing, keep }} seen={writing.seen} leave={() => { doing.clear(); setWriting(undefined); }} />}
      {dropping && (
        <Asking title={say(WORDS.dropAsk)} confirm={say(WORDS.dropIt)} danger onConfirm={() => drop(dropping.poll, dropping.seen)} onCancel={() => { doing.clear(); setDropping(undefined); }}>
          <p><strong>{dropping.poll.title}</strong></p>
          <p>{say(WORDS.dropMeans)}</p>
        </Asking>
      )}
    </>
  );
}

function PollRow({ poll, body, work: { records }, children }: { poll: Poll; body: Body; work: Work; children: preact.ComponentChildren }) {
  const roll = records.frozen?.entries.length ?? 0;
  const quorum = say(quorumWords(poll.rule, body, roll));
  const presiding = records.members.value?.find(({ id }) => id === poll.presiding)?.name ?? poll.presiding;
  const facts = [say(demandWords(poll.rule, body, roll, 0)), quorum, say(WORDS.presidedBy, { name: presiding }), poll.changes && say(WORDS.mayChange)].filter(Boolean);
  return (
    <li data-poll={poll.id} data-state={poll.state} data-practice={poll.practice}>
      <div class="acts spread">
        <strong>{poll.title}</strong>
        <span class="acts">{poll.practice && <span class="badge practice">{say(DESK_WORDS.practice)}</span>}<span class={`badge ${poll.state}`}>{say(POLL_WORDS[poll.state])}</span></span>
      </div>
      <p class="quiet">{facts.join(". ")}.</p>
      {children}
    </li>
  );
}
