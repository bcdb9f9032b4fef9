import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { takeOver } from "../line/handover.ts";
import type { Proven } from "../rules/certificate.ts";
import { mount } from "../views/failure.tsx";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { confirmedWords } from "../views/confirmed.ts";
import { recheckWords } from "../views/rechecked.ts";
import { baseWords, shareWords } from "../views/shares.ts";
import { dateText, timeText } from "../views/times.ts";
import { CHOICE_WORDS } from "../views/words.ts";
import { say, useLang, type Words } from "../words/language.ts";
import { check, fingerprints, namedIn, type Verdict } from "./checking.ts";
import { Drop, DropMany, type Given } from "./drop.tsx";
import { Attended, nameIn, Polls, sentenceOf, Sitting } from "./minutes_said.tsx";
import { OwnBallot } from "./own_ballot.tsx";
import { Signers } from "./signers.tsx";
import { CHECK_WORDS, MINUTES_CHECK_WORDS, STATE_WORDS, WORDS, type CheckName, type CheckState } from "./words.ts";

const MARKS: { readonly [state in CheckState]: string } = { passed: "✓", failed: "✗", waiting: "–" };

function checkWords({ kind }: Verdict, name: CheckName): Words {
  return { ...CHECK_WORDS, ...(kind === "minutes" && MINUTES_CHECK_WORDS) }[name];
}

function Checks({ verdict }: { verdict: Verdict }) {
  const { checks, passed, refused } = verdict;
  return (
    <section aria-labelledby="checks">
      <h2 id="checks">{say(WORDS.checks)}</h2>
      <ol class="checks">
        {checks.map((name, place) => {
          const state: CheckState = passed.includes(name) ? "passed" : place === passed.length ? "failed" : "waiting";
          return (
            <li class={state} data-check={name} key={name}>
              <span class="mark" role="img" aria-label={say(STATE_WORDS[state])}>{MARKS[state]}</span>
              <div>
                {say(checkWords(verdict, name))}
                {state === "failed" && refused && <p class="reason">{reasonOf(verdict)} <code>{refused.code}</code></p>}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Counts({ proven: { statement: { decision, body } } }: { proven: Proven }) {
  const ofRoll = (count: number) => say(shareWords(count, "roll", decision.roll, body));
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">{say(WORDS.counts)}</h2>
      <ul class="counts">
        {(["approve", "reject", "abstain"] as const).map((choice) => (
          <li class={choice} key={choice}>
            <p>{say(CHOICE_WORDS[choice])}<strong>{decision.counts[choice]}</strong></p>
            <svg class="bar" aria-hidden="true"><rect width={`${(100 * decision.counts[choice]) / decision.roll}%`} height="100%" /></svg>
            <p class="quiet">{ofRoll(decision.counts[choice])}</p>
          </li>
        ))}
      </ul>
      <dl>
        <dt>{say(WORDS.took)}</dt>
        <dd>{decision.participating} – {ofRoll(decision.participating)}</dd>
        <dt>{say(WORDS.needed)}</dt>
        <dd>{say(WORDS.neededOf, { needed: decision.needed, whole: decision.base_count, base: say(baseWords(decision.base, body)) })}</dd>
      </dl>
    </section>
  );
}

function About({ proven: { statement, definition, roll }, sha256 }: { proven: Proven; sha256: string }) {
  const presiding = roll.entries.find(({ member }) => member === definition.presiding)?.name ?? definition.presiding;
  const rows: [Words, ComponentChildren][] = [
    [WORDS.body, statement.body.name],
    [WORDS.question, definition.title],
    [WORDS.presiding, presiding],
    [WORDS.issued, `${timeText(statement.issued_at)}, ${dateText(statement.issued_at)} (UTC+7)`],
  ];
  return (
    <section class="about" aria-labelledby="about">
      <h2 id="about">{say(WORDS.about)}</h2>
      <dl>
        {rows.map(([name, value]) => [<dt>{say(name)}</dt>, <dd>{value}</dd>])}
        <dt>{say(WORDS.hash, { file: "certificate.json" })}</dt>
        <dd><code>{sha256}</code></dd>
      </dl>
    </section>
  );
}

/** Why not, in the chosen language; of a file beside the minutes, with its name. */
function reasonOf({ refused, refusedOf }: Verdict): string {
  if (!refused) return "";
  const why = say({ vi: refused.text("vi"), en: refused.text("en") });
  return refusedOf && !why.includes(refusedOf) ? say(WORDS.refusedOf, { file: refusedOf, why }) : why;
}

function headOf({ minuted, proven, signers, pageUnchecked, fault, kind }: Verdict): string {
  if (pageUnchecked) return say(WORDS.pageUnchecked, { file: kind });
  if (minuted) return say(signers ? WORDS.validMinutesSigned : WORDS.validMinutes);
  if (proven) return say(signers ? WORDS.validSigned : WORDS.valid);
  return say(fault ? WORDS.fault : WORDS.invalid);
}

function Head({ verdict }: { verdict: Verdict }) {
  const { proven, minuted, refused, pageUnchecked, kind } = verdict;
  const isGood = Boolean(proven ?? minuted);
  const rechecked = recheckWords(proven?.statement.decision.rechecked);
  const confirmed = proven && confirmedWords(proven);
  return (
    <section class={`verdict ${pageUnchecked ? "open" : isGood ? "good" : "bad"}`} id="verdict" role="status">
      <h2><span aria-hidden="true">{pageUnchecked ? "–" : isGood ? "✓" : "✗"}</span>{headOf(verdict)}</h2>
      {pageUnchecked && <p>{say(WORDS.pageUncheckedHow, { file: kind })}</p>}
      {refused && <p>{reasonOf(verdict)}</p>}
      {proven && <p class="sentence">{say({ vi: proven.statement.decision.sentence, en: proven.statement.decision.sentence_en })}</p>}
      {minuted && <p class="sentence">{sentenceOf(minuted)}</p>}
      {rechecked && <p id="rechecked">{say(rechecked)}</p>}
      {confirmed && <p id="confirmed">{say(confirmed)}</p>}
    </section>
  );
}

function Result({ verdict }: { verdict: Verdict }) {
  const { proven, minuted, compared, sha256, signers, kind } = verdict;
  return (
    <>
      <Head verdict={verdict} />
      <div class="results">
        {minuted && compared && <Sitting minuted={minuted} compared={compared} sha256={sha256} />}
        <Checks verdict={verdict} />
        {proven && (
          <div class="said">
            <Counts proven={proven} />
            <OwnBallot proven={proven} />
          </div>
        )}
        {minuted && <Attended minuted={minuted} />}
        {minuted && compared && <Polls minuted={minuted} compared={compared} />}
        {signers && proven && <Signers kind={kind} signers={signers} presiding={proven.definition.presiding} nameOf={(member) => proven.roll.entries.find((entry) => entry.member === member)?.name ?? member} />}
        {signers && minuted && <Signers kind={kind} signers={signers} presiding={minuted.statement.presiding} nameOf={nameIn(minuted)} />}
        {proven && <About proven={proven} sha256={sha256} />}
      </div>
    </>
  );
}

/** Whoever trusts nobody compares the anchor that this very server showed with the one that the body has made public. */
function AnchorFromHere({ trust }: { trust: Given }) {
  const [prints, setPrints] = useState<readonly string[]>([]);
  useEffect(() => {
    fingerprints(trust.bytes).then(setPrints, () => setPrints([]));
  }, [trust]);
  return (
    <div class="notice warn" id="anchor-from-here">
      <p>{say(WORDS.anchorFromHere)}</p>
      {prints.map((print) => <p key={print}><code>{print}</code></p>)}
    </div>
  );
}

function Page() {
  useLang(WORDS.pageTitle);
  const [file, setFile] = useState<Given>();
  const [trust, setTrust] = useState<Given>();
  const [beside, setBeside] = useState<readonly Given[]>([]);
  const [verdict, setVerdict] = useState<Verdict>();
  const named = namedIn(location.hash);
  // What lay beside other minutes is not beside these.
  const take = (given: Given) => {
    setFile(given);
    setBeside([]);
  };
  useEffect(() => {
    takeOver(named).then((handed) => {
      if (!handed) return;
      setFile({ name: "certificate.json", bytes: handed.certificate, fromHere: true });
      setTrust({ name: "trust.pem", bytes: handed.trust, fromHere: true });
    }, () => undefined);
  }, [named]);
  useEffect(() => {
    if (!file || !trust) return undefined;
    let isCurrent = true;
    setVerdict(undefined);
    void check(file.bytes, trust.bytes, named, beside).then((found) => isCurrent && setVerdict(found));
    return () => { isCurrent = false; };
  }, [file, trust, beside]);
  return (
    <main>
      <header>
        <LanguageSwitch />
        <h1>{say(WORDS.title)}</h1>
        <p>{say(WORDS.lead)}</p>
      </header>
      <div class="choosing">
        <Drop id="certificate" title={WORDS.certificate} hint={WORDS.certificateHint} how={WORDS.openIt} accept=".pdf,.json" given={file} take={take} />
        <Drop id="trust" title={WORDS.anchor} hint={WORDS.anchorHint} how={WORDS.choose} accept=".pem" given={trust} take={setTrust} />
        {/* It stays under the hand while what was just chosen is checked. */}
        {(verdict?.kind === "minutes" || beside.length > 0) && <DropMany given={beside} take={setBeside} />}
      </div>
      {named && !file && <p class="quiet">{say(WORDS.minutesOwn)}</p>}
      {named && !file && <p><a class="button" id="fetch" href={`/scanned#${named}`}>{say(WORDS.fetchIt)}</a></p>}
      {file && trust && !verdict && <p role="status">{say(WORDS.working)}</p>}
      {verdict && trust?.fromHere && <AnchorFromHere trust={trust} />}
      {verdict && <Result verdict={verdict} />}
    </main>
  );
}

mount(<Page />);
