// What stands on the voting page: never "no vote" while one is open, or while that is not known.
import { useEffect, useState } from "preact/hooks";
import { certifiedResult } from "../acts/certified.ts";
import { asSigned, checkResult, type Resulted } from "../acts/question.ts";
import type { LineState } from "../line/follow.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { Refused } from "../rules/refused.ts";
import { announcedPoll, closedPoll, openPolls, pollsIn } from "../shown/polls.ts";
import { own, type Shown } from "../shown/state.ts";
import { locale, say } from "../words/language.ts";
import { recheckWords } from "../views/rechecked.ts";
import { Problem } from "../views/problem.tsx";
import type { CertificateShown, PollShown } from "../wire.ts";
import { resultAlarm } from "./alarms.ts";
import type { Ballots } from "./ballots.ts";
import { Check } from "./check.tsx";
import { Fate } from "./casting.tsx";
import { Alarm } from "./question.tsx";
import { Voting } from "./voting.tsx";
import { WORDS } from "./words.ts";

interface Standing {
  readonly session: Session;
  readonly shown: Shown;
  readonly line: LineState;
  readonly ballots: Ballots;
}

export function Standing({ session, shown, line, ballots }: Standing) {
  const open = openPolls(shown);
  const [announced, closed, over] = [announcedPoll(shown), closedPoll(shown), pollsIn(shown, "declared", "certified", "voided")[0]];
  const isKnown = line === "good" && shown.heard;
  return (
    <>
      {!isKnown && open.length > 0 && <p class="notice warn">{say(WORDS.mayBeOld)}</p>}
      {open.map((poll) => <Voting key={poll.poll} session={session} poll={poll} ballots={ballots} />)}
      {!open.length && !isKnown && (
        <section class="sheet" id="unknown"><h2>{say(WORDS.unknown)}</h2><p>{say(WORDS.unknownWhat)}</p></section>
      )}
      {announced && <Told id="announced" head={say(WORDS.announced)} poll={announced}><p class="quiet">{say(WORDS.announcedWhat)}</p></Told>}
      {closed && (
        <Told id="closed" head={say(WORDS.closed)} poll={asSigned(session, closed)}>
          <p class={closed.alarm ? "notice bad" : "quiet"}>{closed.state === "closing" ? say(WORDS.closingWhat, { n: closed.pending }) : say(closed.alarm ? WORDS.alarmed : WORDS.closedWhat)}</p>
          <Fate poll={closed.poll} ballots={ballots} graceEndsAt={closed.grace_ends_at} />
        </Told>
      )}
      {!open.length && isKnown && !announced && !closed && (
        <section class="sheet" id="none"><h2>{say(WORDS.none)}</h2><p class="quiet">{say(WORDS.noneWhat)}</p></section>
      )}
      {over && !open.length && <Over key={over.poll} session={session} poll={over} ballots={ballots} certificate={own(shown.certificates, over.poll)} />}
    </>
  );
}

function Told({ id, head, poll, children }: { id: string; head: string; poll: PollShown; children: preact.ComponentChildren }) {
  return (
    <section class="sheet" id={id} data-poll={poll.poll}>
      <h2>{head}</h2>
      <p class="question-title" lang="vi">{poll.title}</p>
      {poll.practice && <p class="notice warn practice">{say(WORDS.practice)}</p>}
      {children}
    </section>
  );
}

interface Over {
  readonly session: Session;
  readonly poll: PollShown;
  readonly ballots: Ballots;
  readonly certificate: CertificateShown | undefined;
}

/** What came of the last vote: the very sentence that is read out, once it is known to follow from what was signed. */
function Over({ session, poll, ballots, certificate }: Over) {
  const [tries, setTries] = useState(0);
  const { value, error } = useResult(session, poll, tries);
  const again = () => setTries((count) => count + 1);
  const rechecked = recheckWords(value?.decision.rechecked);
  if (poll.state === "voided") return <Told id="voided" head={say(WORDS.voided)} poll={asSigned(session, poll)}>{null}</Told>;
  if (error instanceof Refused) return <Alarm of={resultAlarm(error)} code={error.code} again={again} />;
  return (
    <Told id="result" head={say(WORDS.result)} poll={asSigned(session, poll)}>
      {value && <p class="sentence" lang={locale() === "en-GB" ? "en" : "vi"}>{locale() === "en-GB" ? value.decision.sentence_en : value.decision.sentence}</p>}
      {value && rechecked && <p class="quiet">{say(rechecked)}</p>}
      {!value && error === undefined && <p role="status">{say(WORDS.checkingResult)}</p>}
      {error !== undefined && <><Problem of={error} /><button type="button" onClick={again}>{say(WORDS.alarmAgain)}</button></>}
      {value && <Figures session={session} poll={poll} practice={value.definition.practice} certificate={certificate} />}
      <Fate poll={poll.poll} ballots={ballots} />
    </Told>
  );
}

/** Whose word the figures are: the server's, until the certificate has proven them here. */
function Figures({ session, poll, practice, certificate }: Pick<Over, "session" | "poll" | "certificate"> & { practice: boolean }) {
  if (practice || !certificate) return <p class="quiet">{say(practice ? WORDS.figuresPractice : WORDS.figuresTold)}</p>;
  return <Check check={() => certifiedResult(session, poll, certificate)} name={WORDS.figuresCheck} proven={() => say(WORDS.figuresProven)} />;
}

/** A declared result, checked; asked again until it is answered. */
function useResult(session: Session, poll: PollShown, tries: number): { readonly value?: Resulted; readonly error?: unknown } {
  const [result, setResult] = useState<{ readonly of?: string; readonly value?: Resulted; readonly error?: unknown }>({});
  const isDeclared = poll.state !== "voided";
  const of = `${tries} ${poll.title} ${poll.definition_sha256} ${JSON.stringify(poll.decision)}`;
  useEffect(() => {
    if (!isDeclared) return undefined;
    const leaving = new AbortController();
    persist(() => checkResult(session, poll), { signal: leaving.signal }).then(
      (value) => setResult({ of, value }),
      (error: unknown) => !leaving.signal.aborted && setResult({ of, error }),
    );
    return () => leaving.abort();
  }, [session, isDeclared, of]);
  return result.of === of ? result : {};
}
