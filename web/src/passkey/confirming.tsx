import { useEffect, useState } from "preact/hooks";
import type { Confirmed } from "../acts/cast.ts";
import type { Asked } from "../acts/question.ts";
import type { Session } from "../line/signin.ts";
import type { Choice } from "../rules/ballot.ts";
import { useDoing } from "../views/doing.ts";
import { say } from "../words/language.ts";
import type { PasskeyVouched, StepUpDemand } from "../wire.ts";
import { confirm, vouched } from "./confirm.ts";
import { CONFIRM_WORDS } from "./confirm_words.ts";
import { Failure } from "./failure.tsx";

interface Confirming {
  readonly session: Session;
  readonly asked: Asked;
  readonly demand: StepUpDemand;
  readonly choice: Choice;
  readonly isHeld: boolean;
  readonly sign: (confirmed?: Confirmed) => void;
}

/** The last step before a ballot is signed where the question asks for a passkey: with it, or, where it may be, without. */
export function Confirming({ session, asked, demand, choice, isHeld, sign }: Confirming) {
  const { busy, problem, act } = useDoing();
  const [passkeys, setPasskeys] = useState<readonly PasskeyVouched[]>();
  // Fetched before they are wanted: a browser lets a page ask the device only right after a press.
  const look = () => act(() => vouched(session), setPasskeys);
  useEffect(look, [session]);
  const isRequired = demand.when === "required";
  const ask = () => act(() => confirm(session, asked, demand, choice, passkeys ?? []), sign);
  return (
    <div id="confirming" class="review" data-when={demand.when}>
      <p class="quiet">{say(isRequired ? CONFIRM_WORDS.required : CONFIRM_WORDS.optional)}</p>
      <Failure of={problem} />
      {passkeys?.length === 0 && <p class="notice warn" role="status">{say(isRequired ? CONFIRM_WORDS.noneRequired : CONFIRM_WORDS.none)}</p>}
      {passkeys === undefined && problem !== undefined && <button type="button" class="wide" onClick={look}>{say(CONFIRM_WORDS.again)}</button>}
      {Boolean(passkeys?.length) && <button type="button" class="primary wide" id="confirm" aria-disabled={busy} disabled={isHeld} onClick={ask}>{say(busy ? CONFIRM_WORDS.waiting : CONFIRM_WORDS.sign)}</button>}
      {!isRequired && <button type="button" class={passkeys?.length ? "wide" : "primary wide"} id="unconfirmed" disabled={isHeld} onClick={() => sign()}>{say(CONFIRM_WORDS.without)}</button>}
    </div>
  );
}
