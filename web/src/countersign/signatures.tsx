import { useState } from "preact/hooks";
import { signaturesOf } from "../acts/countersign.ts";
import type { Session } from "../line/signin.ts";
import { useAsked } from "../views/asked.ts";
import { Asking } from "../views/asking.tsx";
import { Problem } from "../views/problem.tsx";
import { timeText } from "../views/times.ts";
import type { CertificateShown, SignaturesShown } from "../wire.ts";
import { say } from "../words/language.ts";
import { Signing } from "./signing.tsx";
import { PLACES, WORDS } from "./words.ts";

type Place = keyof typeof PLACES;

interface SignaturesOf {
  readonly session: Session;
  readonly meeting: string;
  readonly certificate: CertificateShown;
  /** As what this screen's person may sign. */
  readonly place: Place;
  readonly nameOf: (member: string) => string;
}

const OFTEN = 3_000;

/** Who signed a certificate, who is awaited, and the way to sign it if that is whoever looks at this. */
export function Signatures(props: SignaturesOf) {
  const { session, certificate, place, nameOf } = props;
  const [complete, setComplete] = useState(false);
  const [doing, setDoing] = useState<{ readonly instead: string } | "asking">();
  const asked = useAsked(
    () => signaturesOf(session, certificate.certificate).then((shown) => { setComplete(shown.awaited === ""); return shown; }),
    [session, certificate.certificate, certificate.signed], complete ? undefined : OFTEN,
  );
  const shown = asked.value;
  if (!shown) return asked.problem === undefined ? null : <Problem of={asked.problem} />;
  const isTurn = shown.awaited === place && session.roles.includes(place);
  const isAnother = place === "chair" && shown.presiding !== session.member;
  const over = () => { setDoing(undefined); asked.again(); };
  return (
    <section class="signatures" aria-label={say(WORDS.heading)} data-awaited={shown.awaited}>
      <dl class="signers">{(Object.keys(PLACES) as Place[]).map((each) => <Signer key={each} place={each} shown={shown} nameOf={nameOf} />)}</dl>
      <Standing shown={shown} />
      {isTurn && <div class="acts"><button type="button" class="primary" data-act="countersign" onClick={() => setDoing(isAnother ? "asking" : { instead: "" })}>{say(WORDS.lookAndSign)}</button></div>}
      {doing === "asking" && (
        <Asking
          title={say(WORDS.insteadTitle)} confirm={say(WORDS.goOn)} reason={say(WORDS.insteadWhy, { name: nameOf(shown.presiding) })}
          onConfirm={(instead) => setDoing({ instead })} onCancel={() => setDoing(undefined)}
        />
      )}
      {doing && doing !== "asking" && <Signing {...props} instead={doing.instead} onOver={over} />}
    </section>
  );
}

/** One place: who signed in it and when. */
function Signer({ place, shown, nameOf }: { place: Place; shown: SignaturesShown; nameOf: (member: string) => string }) {
  const signed = shown.signed.find(({ role }) => role === place);
  return (
    <div data-place={place} data-signed={signed ? "yes" : "no"}>
      <dt>{say(PLACES[place])}</dt>
      <dd>
        {signed ? say(WORDS.signedBy, { name: signed.name, time: timeText(signed.at) }) : say(WORDS.notYet)}
        {signed?.instead && <>{" · "}{say(WORDS.insteadOf, { name: nameOf(shown.presiding), reason: signed.instead })}</>}
      </dd>
    </div>
  );
}

/** What is awaited that no person does, what stands in the way, and the signed edition once it is there. */
function Standing({ shown }: { shown: SignaturesShown }) {
  const at = `/signing/certificates/${encodeURIComponent(shown.certificate)}.signed`;
  return (
    <div role="status">
      {shown.awaited === "stamp" && <p class="waiting">{say(WORDS.stampAwaited)}</p>}
      {shown.awaited === "seal" && <p class="waiting">{say(WORDS.sealAwaited)}</p>}
      {shown.trouble && <p class="notice warn">{say(WORDS.trouble, { code: shown.trouble })}</p>}
      {shown.level && (
        <p class="issued">
          {say(WORDS.done, { level: shown.level })}
          <a href={`${at}.pdf`} target="_blank" rel="noopener">{say(WORDS.signedPdf)}</a>
          <a href={`${at}.json`} download>certificate.signed.json</a>
        </p>
      )}
      {shown.test_time && <p class="notice warn">{say(WORDS.testTime)}</p>}
    </div>
  );
}
