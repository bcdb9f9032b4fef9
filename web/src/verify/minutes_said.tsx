import type { ComponentChildren } from "preact";
import type { Minuted } from "../rules/minutes.ts";
import { underWay, type Voted } from "../rules/proceedings.ts";
import { dateText, timeText } from "../views/times.ts";
import { POLL_WORDS } from "../views/words.ts";
import { say, type Words } from "../words/language.ts";
import type { Compared } from "./checking.ts";
import { WORDS } from "./words.ts";

interface Told {
  readonly minuted: Minuted;
  readonly compared: Compared;
}

/** What a member is called: as on the roll, or at the desk. */
export function nameIn({ roll, statement: { desk, asked_by: asked } }: Minuted): (member: string) => string {
  const names = new Map([...desk, asked, ...roll.entries].map(({ member, name }) => [member, name]));
  return (member) => names.get(member) ?? member;
}

/** The minutes in a sentence, as `plenary verify` says it. */
export function sentenceOf({ statement: { title, edition, attendance, polls } }: Minuted): string {
  return say(WORDS.minutesSaid, {
    title, edition, roll: attendance.length, polls: polls.length, there: attendance.filter(({ stays }) => stays.length).length,
    annulled: polls.filter(({ annulled }) => annulled).length, certificates: polls.filter(({ certificate }) => certificate).length,
  });
}

/** The agenda, and who was there. */
export function Attended({ minuted }: { minuted: Minuted }) {
  return <div class="said"><Agenda minuted={minuted} /><Attendance minuted={minuted} /></div>;
}

/** Every poll with its fate, and the certificate that it has; whether that was given, and agrees. */
export function Polls({ minuted, compared }: Told) {
  const { polls } = minuted.statement;
  return (
    <section class="about" id="polls" aria-labelledby="polls-title">
      <h2 id="polls-title">{say(WORDS.pollsTitle)}</h2>
      {polls.length ? <ol class="polls">{polls.map((poll) => <Poll key={poll.poll} poll={poll} minuted={minuted} compared={compared} />)}</ol> : <p>{say(WORDS.noPolls)}</p>}
      {underWay(polls).map(({ poll, title }) => <p key={poll} class="notice warn" data-under-way={poll}>{say(WORDS.underWay, { title })}</p>)}
      {polls.filter(({ poll }) => minuted.unsaid.includes(poll)).map(({ poll, title }) => <p key={poll} class="notice warn" data-unsaid={poll}>{say(WORDS.unsaid, { title })}</p>)}
      {compared.others.length > 0 && <p class="notice warn" id="others">{say(WORDS.besideOthers, { files: compared.others.join(", ") })}</p>}
    </section>
  );
}

const moment = (at: number) => `${timeText(at)}, ${dateText(at)}`;

/** Which sitting, which edition, by whom, when, and the hash of the file. */
export function Sitting({ minuted, compared, sha256 }: Told & { sha256: string }) {
  const { statement } = minuted;
  const { body, title, place, opened_at: opened, ended_at: ended, edition, before, asked_by: asked, presiding, turns } = statement;
  const rows: [Words, ComponentChildren][] = [
    [WORDS.body, body.name],
    [WORDS.sitting, title],
    [WORDS.place, place],
    [WORDS.time, ended === null ? say(WORDS.notEnded, { from: moment(opened) }) : say(WORDS.fromTo, { from: moment(opened), to: moment(ended) })],
    [WORDS.edition, before ? <>{say(WORDS.editionAfter, { n: edition, minutes: before.minutes })} <code>{before.sha256}</code> <Agrees file={compared.before} /></> : edition],
    [WORDS.askedBy, asked.name],
    [WORDS.lastPresiding, presiding && nameIn(minuted)(presiding)],
    [WORDS.spoken, turns && <>{say(WORDS.spokenOf, { turns: turns.spoken.reduce((sum, one) => sum + one.turns, 0), people: new Set(turns.spoken.map(({ member, name }) => `${member} ${name}`)).size, record: turns.record })} <code>{turns.sha256}</code></>],
    [WORDS.issued, `${moment(statement.issued_at)} (UTC+7)`],
  ];
  return (
    <section class="about" aria-labelledby="minutes">
      <h2 id="minutes">{say(WORDS.minutes)}</h2>
      <dl>
        {rows.filter(([, value]) => value !== "" && value !== null).map(([name, value]) => [<dt>{say(name)}</dt>, <dd>{value}</dd>])}
        <dt>{say(WORDS.hash, { file: "minutes.json" })}</dt>
        <dd><code>{sha256}</code></dd>
      </dl>
      <p class="quiet">{say(WORDS.minutesLimits)}</p>
    </section>
  );
}

/** Whether the file that a hash names was given, and is that. */
function Agrees({ file }: { file: string | undefined }) {
  return file ? <span class="agrees">✓ {say(WORDS.agrees, { file })}</span> : <span class="quiet">– {say(WORDS.notGiven)}</span>;
}

function Poll({ poll, minuted, compared }: Told & { poll: Voted }) {
  const { annulled, decision, certificate, sha256, practice, reruns } = poll;
  const name = nameIn(minuted);
  const titleOf = (id: string) => minuted.statement.polls.find((one) => one.poll === id)?.title ?? id;
  const item = minuted.statement.agenda.find(({ id }) => id === poll.item)?.title;
  // Of what was annulled nothing is said that sounds like a result in force.
  const isInForce = poll.declared_at !== null && !annulled;
  return (
    <li data-poll={poll.poll} class={annulled ? "voided" : undefined}>
      <p><strong>{poll.title}</strong> <span class="state">{say(POLL_WORDS[poll.state])}</span> {practice && <span class="state">{say(WORDS.practice)}</span>}</p>
      {item && <p class="quiet">{say(WORDS.ofItem, { item })}</p>}
      {reruns && <p class="quiet">{say(WORDS.rerun, { poll: titleOf(reruns) })}</p>}
      {annulled && <p class="annulled">{say(WORDS.annulledBy, { at: moment(annulled.at), reason: annulled.reason, by: name(annulled.by), second: name(annulled.second) })}</p>}
      {decision && isInForce && <p>{say({ vi: decision.sentence, en: decision.sentence_en })}</p>}
      {decision && <p class="quiet">{say(WORDS.counted, { ...decision.counts, present: poll.present, ballots: poll.ballots })}</p>}
      {certificate && <p>{say(WORDS.certificateOf, { certificate })} <code>{sha256}</code><br /><Agrees file={compared.polls.get(poll.poll)} /></p>}
    </li>
  );
}

function Agenda({ minuted: { statement: { agenda } } }: { minuted: Minuted }) {
  return (
    <section aria-labelledby="agenda-title">
      <h2 id="agenda-title">{say(WORDS.agendaTitle)}</h2>
      {agenda.length ? <ol class="agenda">{agenda.map(({ id, position, title }) => <li key={id} value={position}>{title}</li>)}</ol> : <p>{say(WORDS.noAgenda)}</p>}
    </section>
  );
}

function Attendance({ minuted: { statement: { attendance } } }: { minuted: Minuted }) {
  const there = attendance.filter(({ stays }) => stays.length).length;
  return (
    <section id="attendance" aria-labelledby="attendance-title">
      <h2 id="attendance-title">{say(WORDS.attendanceTitle)}</h2>
      <p>{say(WORDS.attended, { there, roll: attendance.length })}</p>
      <details>
        <summary>{say(WORDS.everybody)}</summary>
        <ul class="attendance">
          {attendance.map((one) => <li key={one.member}>{one.name} <span class="quiet">{[one.group, one.seat, one.member].filter(Boolean).join(" · ")}</span><br />{stayText(one)}</li>)}
        </ul>
      </details>
    </section>
  );
}

/** When somebody was there; or that they were not, and why. */
function stayText({ stays, reason }: Minuted["statement"]["attendance"][number]): string {
  if (!stays.length) return reason ? say(WORDS.absentWhy, { reason }) : say(WORDS.absent);
  return stays.map(({ came, left }) => (left === null ? say(WORDS.stayOn, { from: timeText(came) }) : `${timeText(came)} – ${timeText(left)}`)).join("; ");
}
