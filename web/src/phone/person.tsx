import { useId, useState } from "preact/hooks";
import { isUnderWay } from "../acts/own_votes.ts";
import type { Session } from "../line/signin.ts";
import { Asking, useModal } from "../views/asking.tsx";
import { say } from "../words/language.ts";
import type { Ballots } from "./ballots.ts";
import { LEAVE_WORDS, WORDS } from "./words.ts";

interface Person {
  readonly session: Session;
  readonly ballots: Ballots;
  /** What each way leads to. */
  readonly ways: { readonly [way in Way]: () => void };
}

type Way = keyof typeof LEAVE_WORDS;

/** Who one is here; pressed, the ways to be somebody else or elsewhere. */
export function Person({ session: { identity }, ballots, ways }: Person) {
  const [asked, setAsked] = useState<"choosing" | Way>();
  const close = () => setAsked(undefined);
  const isSending = (ballots.votes ?? []).some(isUnderWay) || Object.values(ballots.courses).some(({ stage }) => stage);
  const take = (way: Way) => (isSending ? setAsked(way) : ways[way]());
  return (
    <>
      <button type="button" class="plain person" aria-haspopup="dialog" onClick={() => setAsked("choosing")}>{identity.name}</button>
      {asked === "choosing" && <Choosing name={identity.name} take={take} close={close} />}
      {asked !== undefined && asked !== "choosing" && (
        <Asking title={say(WORDS.leaveSending)} confirm={say(LEAVE_WORDS[asked])} danger onConfirm={ways[asked]} onCancel={close}>
          <p>{say(WORDS.leaveSendingWhat)}</p>
        </Asking>
      )}
    </>
  );
}

function Choosing({ name, take, close }: { name: string; take: (way: Way) => void; close: () => void }) {
  const dialog = useModal();
  const id = useId();
  return (
    <dialog ref={dialog} class="ways" aria-labelledby={id} onCancel={(event) => { event.preventDefault(); close(); }}>
      <h2 id={id}>{name}</h2>
      {(Object.keys(LEAVE_WORDS) as Way[]).map((way) => <button type="button" key={way} class="wide" data-way={way} onClick={() => take(way)}>{say(LEAVE_WORDS[way])}</button>)}
      <p class="quiet">{say(WORDS.leaveKeeps)}</p>
      <button type="button" class="wide" onClick={close}>{say(WORDS.stay)}</button>
    </dialog>
  );
}
