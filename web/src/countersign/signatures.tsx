import { useEffect, useState } from "preact/hooks";
import { pathOf, signaturesOf, type Paper } from "../acts/countersign.ts";
import { ownKeys } from "../acts/linking.ts";
import { askBytes } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { OwnServices } from "../outside/door.tsx";
import { useAsked } from "../views/asked.ts";
import { Asking } from "../views/asking.tsx";
import { Problem } from "../views/problem.tsx";
import { timeText } from "../views/times.ts";
import { saveBlob } from "../views/saving.ts";
import type { RemoteOwnKey, SignaturesShown } from "../wire.ts";
import { say } from "../words/language.ts";
import { Signing } from "./signing.tsx";
import { PLACES, WORDS } from "./words.ts";

type Place = keyof typeof PLACES;

interface SignaturesOf {
  readonly session: Session;
  readonly meeting: string;
  readonly paper: Paper;
  /** As what this screen's person may sign. */
  readonly place: Place;
  readonly nameOf: (member: string) => string;
}

const OFTEN = 3_000;

/** Who signed a certificate, or minutes, who is awaited, and the way to sign it if that is whoever looks at this. */
export function Signatures(props: SignaturesOf) {
  const { session, paper, place, nameOf } = props;
  const [complete, setComplete] = useState(false);
  const [doing, setDoing] = useState<{ readonly instead?: string; readonly by?: RemoteOwnKey | undefined }>();
  const asked = useAsked(
    () => signaturesOf(session, paper).then((shown) => { setComplete(shown.awaited === ""); return shown; }),
    [session, paper.id, paper.signed], complete ? undefined : OFTEN,
  );
  const shown = asked.value;
  const isTurn = shown?.awaited === place && session.roles.includes(place);
  // One's keys at signing services, if it is one's turn.
  const { value: keys = [], again: lookAgain } = useAsked(isTurn ? () => ownKeys(session) : undefined, [isTurn]);
  useEffect(() => {
    addEventListener("plenary.outside", lookAgain);
    return () => removeEventListener("plenary.outside", lookAgain);
  }, []);
  if (!shown) return asked.problem === undefined ? null : <Problem of={asked.problem} />;
  const isAnother = place === "chair" && shown.presiding !== "" && shown.presiding !== session.member;
  const begin = (by?: RemoteOwnKey) => setDoing(isAnother ? { by } : { instead: "", by });
  const over = () => { setDoing(undefined); asked.again(); };
  return (
    <section class="signatures" aria-label={say(paper.kind === "minutes" ? WORDS.headingMinutes : WORDS.heading)} data-awaited={shown.awaited}>
      <dl class="signers">{(Object.keys(PLACES) as Place[]).map((each) => <Signer key={each} place={each} shown={shown} nameOf={nameOf} />)}</dl>
      <Standing session={session} paper={paper} shown={shown} />
      {isTurn && <div class="acts"><button type="button" class="primary" data-act="countersign" onClick={() => begin()}>{say(WORDS.lookAndSign)}</button>
        {keys.map((key) => <button type="button" key={key.thumbprint} data-act="countersign-remote" onClick={() => begin(key)}>{say(WORDS.lookAndSignWith, { service: key.service })}</button>)}
      </div>}
      {isTurn && <OwnServices session={session} />}
      {doing && doing.instead === undefined && (
        <Asking
          title={say(WORDS.insteadTitle)} confirm={say(WORDS.goOn)} reason={say(WORDS.insteadWhy, { name: nameOf(shown.presiding) })}
          onConfirm={(instead) => setDoing({ ...doing, instead })} onCancel={() => setDoing(undefined)}
        />
      )}
      {doing?.instead !== undefined && <Signing {...props} instead={doing.instead} by={doing.by} onOver={over} />}
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
function Standing({ session, paper, shown }: { session: Session; paper: Paper; shown: SignaturesShown }) {
  const at = `${pathOf(paper)}.signed`;
  return (
    <div role="status">
      {shown.awaited === "stamp" && <p class="waiting">{say(WORDS.stampAwaited)}</p>}
      {shown.awaited === "seal" && <p class="waiting">{say(WORDS.sealAwaited)}</p>}
      {shown.trouble && <p class="notice warn">{say(WORDS.trouble, { code: shown.trouble })}</p>}
      {shown.level && (
        <p class="issued">
          {say(WORDS.done, { level: shown.level })}
          {paper.kind === "minutes" ? (["pdf", "json"] as const).map((kind) => <FileOf key={kind} session={session} path={`${at}.${kind}`} name={`minutes.signed.${kind}`} />) : (
            <>
              <a href={`${at}.pdf`} target="_blank" rel="noopener">{say(WORDS.signedPdf)}</a>
              <a href={`${at}.json`} download>certificate.signed.json</a>
            </>
          )}
        </p>
      )}
      {shown.test_time && <p class="notice warn">{say(WORDS.testTime)}</p>}
    </div>
  );
}

/** A file that only those of the body get: fetched as this person, then saved. */
export function FileOf({ session, path, name, label = name }: { session: Session; path: string; name: string; label?: string }) {
  const [problem, setProblem] = useState<unknown>();
  const save = async () => saveBlob(name, new Blob([await askBytes("GET", path, { token: await session.token() })]));
  return (
    <>
      <button type="button" class="small" data-file={name} aria-label={label} onClick={() => { setProblem(undefined); save().catch(setProblem); }}>{name}</button>
      {problem !== undefined && <Problem of={problem} />}
    </>
  );
}
