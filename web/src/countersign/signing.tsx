import { useEffect, useRef, useState } from "preact/hooks";
import { look, signBoth, type Looked } from "../acts/countersign.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { Asking } from "../views/asking.tsx";
import { Icon } from "../views/icon.tsx";
import { Problem } from "../views/problem.tsx";
import type { CertificateShown } from "../wire.ts";
import { say } from "../words/language.ts";
import type { PLACES } from "./words.ts";
import { WORDS } from "./words.ts";

interface SigningOf {
  readonly session: Session;
  readonly meeting: string;
  readonly certificate: CertificateShown;
  readonly place: keyof typeof PLACES;
  readonly instead: string;
  readonly onOver: () => void;
}

/** All that is to be signed, checked on this device and shown; then signed with its key. Nothing is signed before. */
export function Signing({ session, meeting, certificate, place, instead, onOver }: SigningOf) {
  const [looked, setLooked] = useState<Looked>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    setProblem(undefined);
    look(session, meeting, certificate, place, instead).then((found) => current && setLooked(found), (error: unknown) => current && setProblem(error));
    return () => { current = false; };
  }, [turn]);
  const again = () => { setLooked(undefined); setTurn((count) => count + 1); };
  const sign = () => {
    if (!looked) return;
    setBusy(true);
    // The same bytes are sent until they are answered: what is kept of them is kept once.
    signBoth(session, looked).then((send) => persist(send)).then(onOver, (error: unknown) => { setProblem(error); setBusy(false); });
  };
  return (
    <Asking
      title={say(WORDS.signTitle)} confirm={say(problem === undefined ? WORDS.sign : WORDS.again)} wide busy={busy} waits={!looked && problem === undefined}
      onConfirm={problem === undefined ? sign : again} onCancel={onOver}
    >
      {problem !== undefined ? <Problem of={problem} /> : looked ? <Shown looked={looked} /> : <p class="waiting" role="status">{say(WORDS.checking)}</p>}
    </Asking>
  );
}

/** What is signed, as it was proven here, and the page itself to read. */
function Shown({ looked: { proven, page } }: { looked: Looked }) {
  const { decision, title } = proven.statement;
  return (
    <>
      <p><strong>{title}</strong></p>
      <p class="sentence">{say({ vi: decision.sentence, en: decision.sentence_en })}</p>
      <p>{say(WORDS.counts, { approve: decision.counts.approve, reject: decision.counts.reject, abstain: decision.counts.abstain })}</p>
      <p>{say(WORDS.checked)}</p>
      <ul class="checks">
        {[WORDS.checkedCertificate, WORDS.checkedPage, WORDS.checkedNothingElse].map((text) => <li key={text.vi}><Icon name="approve" />{say(text)}</li>)}
      </ul>
      <p><PageLink page={page} /></p>
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
