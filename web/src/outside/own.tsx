// One's own keys at signing services: seen, linked, given up.
import { useEffect, useId, useState } from "preact/hooks";
import { giveUp, keysAt, link, ownKeys, servicesOf, type Linking } from "../acts/linking.ts";
import { clock } from "../line/clock.ts";
import { Declined, isPassing, pause } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import { Asking } from "../views/asking.tsx";
import { Countdown } from "../views/countdown.tsx";
import { useDoing } from "../views/doing.ts";
import { Problem } from "../views/problem.tsx";
import type { RemoteKeyShown, RemoteLinkShown, RemoteOwnKey, RemoteServiceShown } from "../wire.ts";
import { locale, say } from "../words/language.ts";
import { Code } from "./code.tsx";
import { LINK_WORDS, STATE_WORDS } from "./link_words.ts";

const day = (at: number) => new Date(at).toLocaleDateString(locale());

/** The keys that are linked, and the way to link one. */
export function Own({ session }: { session: Session }) {
  const { busy, problem, act } = useDoing();
  const [found, setFound] = useState<{ readonly keys: readonly RemoteOwnKey[]; readonly services: readonly RemoteServiceShown[] }>();
  const [linking, setLinking] = useState(false);
  const [asked, setAsked] = useState<RemoteOwnKey>();
  const [done, setDone] = useState(false);
  const look = async () => ({ keys: await ownKeys(session), services: await servicesOf(session) });
  useEffect(() => act(look, setFound), []);
  const again = () => { act(look, setFound); dispatchEvent(new Event("plenary.outside")); };
  const remove = (key: RemoteOwnKey) => act(() => giveUp(session, key).then(look).finally(() => setAsked(undefined)), (now) => { setFound(now); dispatchEvent(new Event("plenary.outside")); });
  return (
    <>
      {!linking && <p class="quiet">{say(LINK_WORDS.what)}</p>}
      {problem !== undefined && <Problem of={problem} />}
      {found && !found.services.length && <p>{say(LINK_WORDS.none)}</p>}
      {found && found.keys.length > 0 && <ul class="passkeys">{found.keys.map((key) => <li key={key.thumbprint} data-linked={key.provider}><One of={key} remove={() => setAsked(key)} /></li>)}</ul>}
      <p class="quiet" role="status">{done && !linking ? say(LINK_WORDS.linked) : ""}</p>
      {linking
        ? <Linker session={session} services={found?.services ?? []} over={(linked) => { setLinking(false); setDone(linked); again(); }} />
        : found && found.services.length > 0 && <button type="button" class="primary wide" data-act="link" aria-disabled={busy} onClick={() => { setDone(false); setLinking(true); }}>{say(found.keys.length ? LINK_WORDS.linkAnother : LINK_WORDS.link)}</button>}
      {asked && (
        <Asking title={say(LINK_WORDS.removeTitle, { service: asked.service })} confirm={say(LINK_WORDS.remove)} danger busy={busy} onConfirm={() => remove(asked)} onCancel={() => setAsked(undefined)}>
          <p>{say(LINK_WORDS.removeMeans)}</p>
        </Asking>
      )}
    </>
  );
}

function One({ of, remove }: { of: RemoteOwnKey; remove: () => void }) {
  return (
    <>
      <p><strong>{of.service}</strong></p>
      <p class="quiet">{say(LINK_WORDS.keyOf, { name: of.name, day: day(of.not_after) })}</p>
      <button type="button" aria-label={`${say(LINK_WORDS.remove)}: ${of.service}`} onClick={remove}>{say(LINK_WORDS.remove)}</button>
    </>
  );
}

interface Chosen { readonly service: RemoteServiceShown; readonly user: string; readonly keys: readonly RemoteKeyShown[] }

/** Which service, as whom, with which key; then it is confirmed there. */
function Linker({ session, services, over }: { session: Session; services: readonly RemoteServiceShown[]; over: (linked: boolean) => void }) {
  const { busy, problem, act, clear } = useDoing();
  const [service, setService] = useState(services.length === 1 ? services[0] : undefined);
  const [user, setUser] = useState("");
  const [chosen, setChosen] = useState<Chosen>();
  const [linking, setLinking] = useState<Linking>();
  const id = useId();
  const find = (event: Event) => {
    event.preventDefault();
    if (service && user.trim()) act(() => keysAt(session, service, user.trim()), (keys) => setChosen({ service, user: user.trim(), keys }));
  };
  // Another number each time, also after a reload: what was begun before is over, or will be.
  const begin = ({ service, user }: Chosen, key: RemoteKeyShown) => setLinking({ service, user, key, attempt: Date.now() });
  const cancel = <button type="button" class="plain wide" onClick={() => over(false)}>{say(LINK_WORDS.cancel)}</button>;
  if (linking) return <Pending session={session} linking={linking} again={() => begin({ ...linking, keys: [] }, linking.key)} over={over} />;
  if (chosen) {
    return (
      <div class="linker" data-step="keys">
        <h4>{say(LINK_WORDS.chooseKey)}</h4>
        {!chosen.keys.length && <p class="notice warn">{say(LINK_WORDS.noKeys, { service: chosen.service.name })}</p>}
        {chosen.keys.map((key) => (
          <button type="button" class="wide" key={key.id} data-key={key.id} onClick={() => begin(chosen, key)}>
            <span><strong>{key.name}</strong><br /><span class="quiet">{say(LINK_WORDS.serial, { id: key.id, day: day(key.not_after) })}</span></span>
          </button>
        ))}
        <p class="quiet">{say(LINK_WORDS.chooseMeans)}</p>
        <button type="button" class="wide" onClick={() => { clear(); setChosen(undefined); }}>{say(LINK_WORDS.back)}</button>
        {cancel}
      </div>
    );
  }
  return (
    <form class="linker passkey-form" data-step="user" onSubmit={find} noValidate>
      {problem !== undefined && <Problem of={problem} />}
      {services.length > 1 && (
        <fieldset class="stances"><legend>{say(LINK_WORDS.which)}</legend>
          {services.map((each) => <label key={each.id}><input type="radio" name={id} checked={each.id === service?.id} onChange={() => setService(each)} />{each.name}</label>)}
        </fieldset>
      )}
      <div class="field">
        <label for={`${id}-user`}>{say(LINK_WORDS.user, { service: service?.name ?? "" })}</label>
        <input id={`${id}-user`} value={user} maxLength={100} inputMode="numeric" autocomplete="off" onInput={(event) => setUser(event.currentTarget.value)} aria-describedby={`${id}-hint`} />
        <p class="hint" id={`${id}-hint`}>{say(LINK_WORDS.userHint)}</p>
      </div>
      <button type="submit" class="primary wide" aria-disabled={busy || !service || !user.trim()}>{say(busy ? LINK_WORDS.finding : LINK_WORDS.find)}</button>
      {cancel}
    </form>
  );
}

const OFTEN_MS = 1_500;

/** It is confirmed in the service's app: the code, how long that may take, and what came of it. */
function Pending({ session, linking, again, over }: { session: Session; linking: Linking; again: () => void; over: (linked: boolean) => void }) {
  const [shown, setShown] = useState<RemoteLinkShown>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    let current = true;
    const follow = async () => {
      for (let tries = 1; current;) {
        try {
          const now = await link(session, linking);
          if (!current) return;
          setShown(now);
          if (now.state === "linked") return over(true);
          if (now.state !== "pending") return;
          tries = 1;
          await new Promise((done) => setTimeout(done, OFTEN_MS));
        } catch (error) {
          if (!isPassing(error) || (error instanceof Declined && error.status === 429) || tries > 8) return current && setProblem(error);
          await pause(tries += 1);
        }
      }
    };
    setShown(undefined);
    setProblem(undefined);
    void follow();
    return () => { current = false; };
  }, [linking.attempt]);
  const service = linking.service.name;
  const turning = useDoing();
  const anotherPage = (page: string) => turning.act(() => link(session, linking, page), setShown);
  const isOver = problem !== undefined || (shown && shown.state !== "pending");
  return (
    <div class="linker" data-step="confirm" data-state={problem !== undefined ? "wrong" : shown?.state ?? "sending"}>
      {problem !== undefined && <Problem of={problem} />}
      {problem === undefined && !shown && <p role="status" class="waiting">{say(LINK_WORDS.sending, { service })}</p>}
      {problem === undefined && shown?.state === "pending" && (
        <>
          <Code code={shown.verification_code} service={service} page={shown.confirm_at} anotherPage={anotherPage} />
          {turning.problem !== undefined && <Problem of={turning.problem} />}
          <p role="status" class="unseen">{say(LINK_WORDS.waiting, { service })}</p>
          <p class="quiet">{say(LINK_WORDS.until)} <Countdown until={shown.expires_at} now={clock.now} /></p>
        </>
      )}
      {problem === undefined && shown && isOver && shown.state !== "linked" && shown.state !== "pending" && <p class="notice bad" role="alert">{say(STATE_WORDS[shown.state], { service })}</p>}
      {isOver && <button type="button" class="primary wide" data-act="again" onClick={again}>{say(LINK_WORDS.again)}</button>}
      <button type="button" class="plain wide" onClick={() => over(false)}>{say(LINK_WORDS.cancel)}</button>
    </div>
  );
}
