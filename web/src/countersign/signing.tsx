import { useEffect, useRef, useState } from "preact/hooks";
import { askService, look, signBoth, type Looked, type Paper } from "../acts/countersign.ts";
import { clock } from "../line/clock.ts";
import { Declined, isPassing, persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { Code } from "../outside/code.tsx";
import { Asking } from "../views/asking.tsx";
import { Countdown } from "../views/countdown.tsx";
import { Icon } from "../views/icon.tsx";
import { Problem } from "../views/problem.tsx";
import type { MinutesStatement, RemoteOwnKey, RemotePairShown, Statement } from "../wire.ts";
import { say } from "../words/language.ts";
import type { PLACES } from "./words.ts";
import { PAIR_WORDS, WORDS } from "./words.ts";

interface SigningOf {
  readonly session: Session;
  readonly meeting: string;
  readonly paper: Paper;
  readonly place: keyof typeof PLACES;
  readonly instead: string;
  /** The key at a service with which one signs, and not that of this device. */
  readonly by?: RemoteOwnKey | undefined;
  readonly onOver: () => void;
}

/** All that is to be signed, checked on this device and shown; then signed with its key. Nothing is signed before. */
export function Signing({ session, meeting, paper, place, instead, by, onOver }: SigningOf) {
  const [looked, setLooked] = useState<Looked>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [turn, setTurn] = useState(0);
  const [pair, setPair] = useState<RemotePairShown>();
  useEffect(() => {
    let current = true;
    setProblem(undefined);
    look(session, meeting, paper, place, instead, by).then((found) => current && setLooked(found), (error: unknown) => current && setProblem(error));
    return () => { current = false; };
  }, [turn]);
  const again = () => { setLooked(undefined); setPair(undefined); setTurn((count) => count + 1); };
  const asking = () => looked && by && persist(() => askService(session, looked, by), { passing: (error) => isPassing(error) && !(error instanceof Declined && error.status === 429) }).then(setPair, setProblem);
  useEffect(() => {
    if (pair?.state === "signed") return onOver();
    if (pair?.state !== "pending") return undefined;
    // The same request again tells how it stands; whoever leaves leaves it to the server.
    const timer = setTimeout(() => void asking(), OFTEN);
    return () => clearTimeout(timer);
  }, [pair]);
  const isOver = pair !== undefined && pair.state !== "pending" && pair.state !== "signed";
  const sign = () => {
    if (!looked) return;
    if (by) return void asking();
    setBusy(true);
    // The same bytes are sent until they are answered: what is kept of them is kept once.
    signBoth(session, looked).then((send) => persist(send)).then(onOver, (error: unknown) => { setProblem(error); setBusy(false); });
  };
  return (
    <Asking
      title={say(paper.kind === "minutes" ? WORDS.signMinutesTitle : WORDS.signTitle)} confirm={say(problem !== undefined || isOver ? WORDS.again : by ? WORDS.signWith : WORDS.sign, { service: by?.service ?? "" })} wide busy={busy}
      waits={problem === undefined && (!looked || pair?.state === "pending")} onConfirm={problem === undefined && !isOver ? sign : again} onCancel={onOver}
    >
      {problem !== undefined ? <Problem of={problem} /> : pair && by ? <AtService pair={pair} service={by.service} /> : looked ? <Shown looked={looked} /> : <p class="waiting" role="status">{say(WORDS.checking)}</p>}
    </Asking>
  );
}

// A person takes some seconds to confirm.
const OFTEN = 1_500;

/** Both are confirmed in the service's app: the codes, and how that stands. */
function AtService({ pair, service }: { pair: RemotePairShown; service: string }) {
  if (pair.state !== "pending" && pair.state !== "signed") return <p class="notice bad" role="alert" data-state={pair.state}>{say(PAIR_WORDS[pair.state], { service })}</p>;
  return (
    <div class="at-service" data-state={pair.state}>
      <Code code={pair.page_code} of={WORDS.thePage} others={[{ of: WORDS.theStatement, code: pair.statement_code }]} service={service} />
      <p role="status" class={pair.trouble ? "notice warn" : "waiting"}>{say(pair.trouble ? WORDS.silent : WORDS.confirming, { service })}</p>
      <p class="quiet">{say(WORDS.mayLeave)} <Countdown until={pair.expires_at} now={clock.now} /></p>
    </div>
  );
}

/** What is signed, as it was proven here, and the page itself to read. */
function Shown({ looked: { told, page } }: { looked: Looked }) {
  return (
    <>
      {told.kind === "minutes" ? <OfMinutes statement={told.minuted.statement} /> : <OfVote statement={told.proven.statement} />}
      <p>{say(WORDS.checked)}</p>
      <ul class="checks">
        {[told.kind === "minutes" ? WORDS.checkedMinutes : WORDS.checkedCertificate, told.kind === "minutes" ? WORDS.checkedPageOfMinutes : WORDS.checkedPage, WORDS.checkedNothingElse].map((text) => <li key={text.vi}><Icon name="approve" />{say(text)}</li>)}
      </ul>
      <p><PageLink page={page} /></p>
    </>
  );
}

function OfVote({ statement: { decision, title } }: { statement: Statement }) {
  return (
    <>
      <p><strong>{title}</strong></p>
      <p class="sentence">{say({ vi: decision.sentence, en: decision.sentence_en })}</p>
      <p>{say(WORDS.counts, { approve: decision.counts.approve, reject: decision.counts.reject, abstain: decision.counts.abstain })}</p>
    </>
  );
}

function OfMinutes({ statement: { title, edition, attendance, polls, turns } }: { statement: MinutesStatement }) {
  const there = attendance.filter(({ stays }) => stays.length > 0).length;
  return (
    <>
      <p><strong>{title}</strong> · {say(WORDS.editionOf, { n: edition })}</p>
      <p>{say(WORDS.attended, { n: there, all: attendance.length })} {say(WORDS.spoken, { n: turns?.spoken.reduce((sum, each) => sum + each.turns, 0) ?? 0 })}</p>
      <ul class="polls">
        {polls.map(({ poll, title: asked, annulled, decision, practice }) => (
          <li key={poll} data-poll={poll}>
            <strong>{asked}</strong>{": "}
            {practice && `${say(WORDS.practice)} `}
            {annulled ? say(WORDS.annulled, { reason: annulled.reason }) : decision ? say(WORDS.counts, { approve: decision.counts.approve, reject: decision.counts.reject, abstain: decision.counts.abstain }) : say(WORDS.undecided)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The very bytes that are signed, to be opened; they are asked for no second time. */
function PageLink({ page }: { page: Looked["page"] }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([page], { type: "application/pdf" }));
    link.current?.setAttribute("href", address);
    return () => URL.revokeObjectURL(address);
  }, [page]);
  return <a ref={link} href="#" target="_blank" rel="noopener" data-file="page">{say(WORDS.openPage)}</a>;
}
