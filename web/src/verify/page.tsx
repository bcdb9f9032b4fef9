import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { takeOver } from "../line/handover.ts";
import type { Bytes } from "../rules/bytes.ts";
import type { Proven } from "../rules/certificate.ts";
import type { Refused } from "../rules/refused.ts";
import { mount } from "../views/failure.tsx";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { confirmedWords } from "../views/confirmed.ts";
import { recheckWords } from "../views/rechecked.ts";
import { baseWords, shareWords } from "../views/shares.ts";
import { dateText, timeText } from "../views/times.ts";
import { CHOICE_WORDS } from "../views/words.ts";
import { say, useLang, type Words } from "../words/language.ts";
import { check, fingerprints, namedIn, type Verdict } from "./checking.ts";
import { OwnBallot } from "./own_ballot.tsx";
import { Signers } from "./signers.tsx";
import { CHECK_WORDS, STATE_WORDS, WORDS, type CheckState } from "./words.ts";

interface Given {
  readonly name: string;
  readonly bytes: Bytes;
  readonly fromHere?: true;
}

const MARKS: { readonly [state in CheckState]: string } = { passed: "✓", failed: "✗", waiting: "–" };

function Drop({ id, title, hint, how, accept, given, take }: { id: string; title: Words; hint: Words; how: Words; accept: string; given: Given | undefined; take: (given: Given) => void }) {
  const [over, setOver] = useState(false);
  const [unread, setUnread] = useState("");
  const read = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (!file) return;
    setUnread("");
    // A file that was moved or taken away since it was chosen.
    file.arrayBuffer().then((bytes) => take({ name: file.name, bytes: new Uint8Array(bytes) }), () => setUnread(file.name));
  };
  return (
    <label
      class={`drop ${over ? "over" : ""} ${given ? "given" : ""}`} for={id}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); read(event.dataTransfer?.files); }}
    >
      <strong>{say(title)}</strong>
      <span>{say(hint)}</span>
      {given ? <span class="name">{given.fromHere ? say(WORDS.fromHere, { name: given.name }) : given.name}</span> : <span class="quiet">{say(how)}</span>}
      {unread && <span class="unread" role="alert">{say(WORDS.unread, { name: unread })}</span>}
      <input id={id} type="file" accept={accept} onChange={(event) => read(event.currentTarget.files)} />
    </label>
  );
}

function Checks({ verdict: { checks, passed, refused } }: { verdict: Verdict }) {
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
                {say(CHECK_WORDS[name])}
                {state === "failed" && refused && <p class="reason">{say(refusal(refused))} <code>{refused.code}</code></p>}
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
    [WORDS.hash, <code>{sha256}</code>],
  ];
  return (
    <section class="about" aria-labelledby="about">
      <h2 id="about">{say(WORDS.about)}</h2>
      <dl>{rows.map(([name, value]) => [<dt>{say(name)}</dt>, <dd>{value}</dd>])}</dl>
    </section>
  );
}

function refusal(refused: Refused): Words {
  return { vi: refused.text("vi"), en: refused.text("en") };
}

function Result({ verdict }: { verdict: Verdict }) {
  const { proven, refused, fault, sha256, signers, pageUnchecked } = verdict;
  const head = pageUnchecked ? WORDS.pageUnchecked : proven ? (signers ? WORDS.validSigned : WORDS.valid) : fault ? WORDS.fault : WORDS.invalid;
  const rechecked = recheckWords(proven?.statement.decision.rechecked);
  const confirmed = proven && confirmedWords(proven);
  return (
    <>
      <section class={`verdict ${pageUnchecked ? "open" : proven ? "good" : "bad"}`} id="verdict" role="status">
        <h2><span aria-hidden="true">{pageUnchecked ? "–" : proven ? "✓" : "✗"}</span>{say(head)}</h2>
        {pageUnchecked && <p>{say(WORDS.pageUncheckedHow)}</p>}
        {refused && <p>{say(refusal(refused))}</p>}
        {proven && <p class="sentence">{say({ vi: proven.statement.decision.sentence, en: proven.statement.decision.sentence_en })}</p>}
        {rechecked && <p id="rechecked">{say(rechecked)}</p>}
        {confirmed && <p id="confirmed">{say(confirmed)}</p>}
      </section>
      <div class="results">
        <Checks verdict={verdict} />
        {proven && (
          <div class="said">
            <Counts proven={proven} />
            <OwnBallot proven={proven} />
          </div>
        )}
        {proven && signers && <Signers proven={proven} signers={signers} />}
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
  const [verdict, setVerdict] = useState<Verdict>();
  const named = namedIn(location.hash);
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
    void check(file.bytes, trust.bytes, named).then((found) => isCurrent && setVerdict(found));
    return () => { isCurrent = false; };
  }, [file, trust]);
  return (
    <main>
      <header>
        <LanguageSwitch />
        <h1>{say(WORDS.title)}</h1>
        <p>{say(WORDS.lead)}</p>
      </header>
      <div class="choosing">
        <Drop id="certificate" title={WORDS.certificate} hint={WORDS.certificateHint} how={WORDS.openIt} accept=".pdf,.json" given={file} take={setFile} />
        <Drop id="trust" title={WORDS.anchor} hint={WORDS.anchorHint} how={WORDS.choose} accept=".pem" given={trust} take={setTrust} />
      </div>
      {named && !file && <p><a class="button" id="fetch" href={`/scanned#${named}`}>{say(WORDS.fetchIt)}</a></p>}
      {file && trust && !verdict && <p role="status">{say(WORDS.working)}</p>}
      {verdict && trust?.fromHere && <AnchorFromHere trust={trust} />}
      {verdict && <Result verdict={verdict} />}
    </main>
  );
}

mount(<Page />);
