import { useEffect, useState } from "preact/hooks";
import { countedOf, type Proven } from "../acts/presiding.ts";
import { paperOf } from "../acts/countersign.ts";
import { Signatures } from "../countersign/signatures.tsx";
import { clock } from "../line/clock.ts";
import type { Session } from "../line/signin.ts";
import { recheckWords } from "../views/rechecked.ts";
import { Bars } from "../views/bars.tsx";
import { Countdown } from "../views/countdown.tsx";
import { demandWords, quorumWords } from "../views/demand.ts";
import { Icon } from "../views/icon.tsx";
import { Problem } from "../views/problem.tsx";
import { SeatLegend, SeatMap } from "../views/seat_map.tsx";
import { DESK_WORDS, POLL_WORDS } from "../views/words.ts";
import type { SeatState } from "../shown/seats.ts";
import { say } from "../words/language.ts";
import type { Body, CertificateShown, SeatPlan, VoidWish } from "../wire.ts";
import type { PollRow } from "./polls.ts";
import { lostCount, type Person } from "./readiness.ts";
import { WORDS } from "./words.ts";

interface VoteOf {
  readonly row: PollRow;
  readonly body: Body;
  readonly roll: number;
  readonly present: number;
  readonly people: readonly Person[];
  readonly session: Session;
  readonly certificate: CertificateShown | undefined;
  readonly wish: VoidWish | undefined;
  readonly nameOf: (member: string) => string;
  /** The seats, and what each shows now: never how anybody votes. */
  readonly plan: SeatPlan | undefined;
  readonly signOf: (member: string) => SeatState;
}

/** One poll on the chair's desk: what it asks, how it stands, and nothing of how anybody votes. */
export function Vote(props: VoteOf) {
  const { row, body, roll, present, wish, nameOf } = props;
  const isLive = row.state === "open" || row.state === "held";
  return (
    <article class={`vote ${row.state}`} data-poll={row.id} data-state={row.state} aria-labelledby="question">
      <p class="state" role="status"><span class={`chip ${row.state}`}>{row.state === "open" && <span class="dot" aria-hidden="true" />}{say(POLL_WORDS[row.state])}</span>{row.practice && <span class="chip practice">{say(DESK_WORDS.practice)}</span>}</p>
      <h2 id="question" class="question">{row.title}</h2>
      {wish && row.state !== "voided" && <div class="notice warn" role="alert" id="void-wish"><p>{say(WORDS.voidWaits, { name: nameOf(wish.by), reason: wish.reason })}</p></div>}
      {row.decision && row.state !== "voided" ? <Result key={`${row.id} ${row.definition}`} {...props} /> : (
        <>
          <p class="demand">{say(demandWords(row.rule, body, roll, isLive ? row.present : present))}</p>
          <p class="quiet">{say(quorumWords(row.rule, body, roll))}</p>
          {isLive && <Live {...props} />}
          {(isLive || row.state === "draft" || row.state === "announced") && <There {...props} />}
          {row.pending > 0 && <p class="waiting" role="status" id="pending">{say(row.state === "closing" ? WORDS.awaiting : WORDS.pending, { n: row.pending })} {row.grace_ends_at !== null && <Countdown until={row.grace_ends_at} now={clock.now} />}</p>}
          {row.state === "closed" && !row.alarm && (
            <p class="waiting" role="status" id="counting">
              {row.rechecking ? say(WORDS.rechecking, { n: row.rechecking }) : say(WORDS.counting)} {row.recheck_until !== null && <>{say(WORDS.waitsAtMost)} <Countdown until={row.recheck_until} now={clock.now} /></>}
            </p>
          )}
          {row.alarm && <div class="notice bad" role="alert"><p>{say(WORDS.alarm)}</p></div>}
          {row.state === "announced" && <p class="hint">{say(WORDS.announcedHint)}</p>}
          {row.state === "draft" && <p class="hint">{say(WORDS.draftHint)}</p>}
          {row.state === "voided" && <p class="hint">{say(WORDS.voidedHint)}</p>}
        </>
      )}
    </article>
  );
}

/** While votes are cast: the time, and how many have been received; never a choice. */
function Live({ row, people }: VoteOf) {
  const lost = lostCount(people);
  const share = row.present ? Math.min(1, row.received / row.present) : 0;
  return (
    <div class="figures">
      <div class="figure clock">
        <p class="figure-name">{say(row.state === "held" ? WORDS.clockStands : row.deadline === null ? WORDS.noLimit : WORDS.timeLeft)}</p>
        {row.state === "open" && row.deadline !== null && <p class="figure-value"><Countdown until={row.deadline} now={clock.now} /></p>}
        {row.state === "held" && <p class="figure-value"><Icon name="clock" /></p>}
      </div>
      <div class="figure">
        <p class="figure-name">{say(WORDS.receivedName)}</p>
        <p class="figure-value number" id="received">{row.received}<span class="of">/{row.present}</span></p>
        <svg class="progress" width="100%" height="10" aria-hidden="true"><rect class="base" width="100%" height="10" rx="5" /><rect class="filled" width={`${100 * share}%`} height="10" rx="5" /></svg>
      </div>
      <p class="tally" role="status">
        {say(WORDS.sentOf, { received: row.received, present: row.present })}, {lost === undefined ? say(WORDS.lostUnknown) : say(WORDS.lostOf, { n: lost })}
      </p>
    </div>
  );
}

/** The hall as it sits: who is there, connected, and whose ballot has come. */
function There({ plan, people, signOf }: VoteOf) {
  if (!plan?.places.length) return null;
  const seats = people.map(({ entry: { seat, member, name, group } }) => ({ seat, member, name, group, presence: null }));
  return <div class="there"><SeatMap plan={plan} seats={seats} signOf={signOf} /><SeatLegend seats={seats} signOf={signOf} /></div>;
}

/** The result: the sentence to read out, first as proven from the ledger's own line, and the figures behind it. */
function Result({ row, body, session, certificate, nameOf }: VoteOf) {
  const [proven, setProven] = useState<Proven>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    let current = true;
    setProblem(undefined);
    countedOf(session, row).then((found) => current && setProven(found), (error: unknown) => current && setProblem(error));
    return () => { current = false; };
  }, [row.id, row.definition]);
  if (problem !== undefined) return <Problem of={problem} />;
  if (!proven) return <p class="waiting" role="status">{say(WORDS.proving)}</p>;
  const { decision } = proven;
  const rechecked = recheckWords(decision.rechecked);
  return (
    <div class="result">
      <section class="reading" aria-labelledby="reading">
        <h3 id="reading">{say(row.state === "closed" ? WORDS.toBeDeclared : WORDS.readOut)}</h3>
        <p class="sentence" id="sentence">{say({ vi: decision.sentence, en: decision.sentence_en })}</p>
        {rechecked && <p class="hint" id="rechecked">{say(rechecked)}</p>}
      </section>
      {row.state !== "closed" && (row.practice ? <p class="hint">{say(WORDS.practiceHint)}</p> : <Issued certificate={certificate} />)}
      {certificate && <Signatures session={session} meeting={row.meeting} paper={paperOf(certificate)} place="chair" nameOf={nameOf} />}
      <Bars decision={decision} body={body} />
    </div>
  );
}

function Issued({ certificate }: { certificate: CertificateShown | undefined }) {
  if (!certificate) return <p class="waiting" role="status">{say(WORDS.issuing)}</p>;
  const at = `/signing/certificates/${encodeURIComponent(certificate.certificate)}`;
  return (
    <p class="issued" role="status">
      <Icon name="approve" />{say(WORDS.issued)}
      <a href={`${at}.pdf`} target="_blank" rel="noopener">{say(WORDS.minutesPdf)}</a>
      <a href={`${at}.json`} download>certificate.json</a>
      <a href={`/verify#${certificate.sha256}`} target="_blank" rel="noopener">{say(WORDS.verifyIt)}</a>
    </p>
  );
}
