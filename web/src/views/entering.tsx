import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { identities, keep, type Identity, type Role } from "../keys/identity.ts";
import { signIn, type Session } from "../line/signin.ts";
import { say, type Words } from "../words/language.ts";
import type { Meeting } from "../wire.ts";
import { Coming } from "./coming.tsx";
import { codeInAddress, Joining } from "./joining.tsx";
import { LanguageSwitch } from "./language_switch.tsx";
import { Meetings } from "./meetings.tsx";
import { Problem } from "./problem.tsx";
import { SecureOnly } from "./secure.tsx";
import { rolesText, Who } from "./who.tsx";
import { WORDS } from "./words.ts";

/** Where somebody is on the way in. */
type Step =
  /** At the keys on this device; `asks`: to choose one, also where only one fits. */
  | { readonly at: "looking"; readonly asks: boolean }
  | { readonly at: "choosing" }
  | { readonly at: "joining"; readonly code: string }
  | { readonly at: "signing in"; readonly identity: Identity }
  | { readonly at: "failed"; readonly identity: Identity; readonly problem: unknown }
  | { readonly at: "signed in"; readonly session: Session };

/** Somebody in a meeting. */
export interface Entered {
  readonly session: Session;
  readonly meeting: Meeting;
  /** Go back and be somebody else. */
  readonly leave: () => void;
  /** Go to another meeting, as the same person. */
  readonly another: () => void;
}

interface Entrance {
  readonly title: Words;
  /** One of these roles is needed here. */
  readonly needs: readonly Role[];
  /** What stands below the choice of meetings: the secretary's way to plan one. */
  readonly more?: (session: Session, chosen: (meeting: Meeting) => void) => ComponentChildren;
  /** What stands below the ways in: another one, for who has no key here any more. */
  readonly lost?: (enter: (identity: Identity) => void) => ComponentChildren;
  readonly children: (entered: Entered) => ComponentChildren;
}

/** The way into a page: a secure place, a key on this device or an invite, signed in, with a role that fits, in a meeting. */
export function Entering(entrance: Entrance) {
  return <SecureOnly><Steps {...entrance} /></SecureOnly>;
}

function Steps({ title, needs, more, lost, children }: Entrance) {
  const [people, setPeople] = useState<readonly Identity[]>([]);
  const [step, setStep] = useState<Step>({ at: "looking", asks: false });
  const [meeting, setMeeting] = useState<Meeting>();
  const [asksMeeting, setAsksMeeting] = useState(false);
  const [broken, setBroken] = useState<unknown>();
  const [unheard, setUnheard] = useState(false);
  const enter = (identity: Identity) => setStep({ at: "signing in", identity });
  // Whose keys are here is looked up each time: one may have been made, or taken the place of another, since.
  const choose = () => setStep({ at: "looking", asks: true });
  const go = (asksMeeting: boolean) => {
    // Another person, or another meeting: the one in the address is not meant any more.
    history.replaceState(null, "", location.pathname + location.search);
    setMeeting(undefined);
    setAsksMeeting(asksMeeting);
  };
  const another = () => go(true);
  const leave = () => { go(false); choose(); };
  useEffect(() => {
    if (step.at !== "looking") return;
    setBroken(undefined);
    // 1. An invite in the address; 2. nobody has a key here; 3. one person has; 4. one of several.
    const code = codeInAddress();
    identities().then((found) => {
      setPeople(found);
      const fitting = found.filter(({ roles }) => !roles.length || roles.some((role) => needs.includes(role)));
      const [only] = fitting;
      if (code || !found.length) setStep({ at: "joining", code });
      else if (!step.asks && fitting.length === 1 && only) enter(only);
      else setStep({ at: "choosing" });
    }, setBroken);
  }, [step]);
  useEffect(() => {
    // An invite opened in the very tab that has this page: only the fragment changes, and nothing is loaded anew.
    const invited = () => {
      const code = codeInAddress();
      if (!code) return;
      setMeeting(undefined);
      setStep({ at: "joining", code });
    };
    addEventListener("hashchange", invited);
    return () => removeEventListener("hashchange", invited);
  }, []);
  useEffect(() => {
    if (step.at !== "signing in") return undefined;
    let current = true;
    setUnheard(false);
    signIn(step.identity, () => current && setUnheard(true)).then(async (session) => {
      const known = { ...step.identity, roles: session.roles };
      await keep(known);
      if (!current) return;
      setStep({ at: "signed in", session });
    }).catch((problem: unknown) => current && setStep({ at: "failed", identity: step.identity, problem }));
    return () => { current = false; };
  }, [step]);

  if (step.at === "signed in" && meeting) return <>{children({ session: step.session, meeting, leave, another })}</>;
  return (
    <main class="entry">
      <header class="acts"><h1>{say(title)}</h1><LanguageSwitch /></header>
      {broken !== undefined && <Problem of={broken} />}
      {step.at === "joining" && <Joining key={step.code} code={step.code} joined={enter} others={people.length ? choose : undefined} />}
      {step.at === "choosing" && <Who people={people} chosen={enter} other={() => setStep({ at: "joining", code: "" })} />}
      {(step.at === "looking" || step.at === "signing in") && broken === undefined && <Coming unheard={unheard} />}
      {step.at === "failed" && <Failed problem={step.problem} again={() => enter(step.identity)} other={choose} />}
      {(step.at === "joining" || step.at === "choosing" || step.at === "failed") && lost?.(enter)}
      {step.at === "signed in" && (step.session.roles.some((role) => needs.includes(role))
        ? <Meetings session={step.session} asks={asksMeeting} chosen={setMeeting}>{(chosen) => more?.(step.session, chosen)}</Meetings>
        : <WrongRole session={step.session} needs={needs} other={choose} />)}
    </main>
  );
}

function Failed({ problem, again, other }: { problem: unknown; again: () => void; other: () => void }) {
  return (
    <section class="sheet">
      <Problem of={problem} />
      <div class="acts">
        <button type="button" class="primary" onClick={again}>{say(WORDS.again)}</button>
        <button type="button" onClick={other}>{say(WORDS.chooseOther)}</button>
      </div>
    </section>
  );
}

function WrongRole({ session, needs, other }: { session: Session; needs: readonly Role[]; other: () => void }) {
  return (
    <section class="sheet" id="wrong-role">
      <div class="notice warn" role="alert">
        <h2>{say(WORDS.wrongRole, { needed: rolesText(needs) })}</h2>
        <p>{say(WORDS.wrongRoleHas, { name: session.identity.name, roles: rolesText(session.roles) })}</p>
        <p>{say(WORDS.wrongRoleDo)}</p>
      </div>
      <button type="button" class="primary" onClick={other}>{say(WORDS.chooseOther)}</button>
    </section>
  );
}
