import { useId, useState } from "preact/hooks";
import { codeIn, enrol, isCode } from "../acts/enrol.ts";
import type { Identity } from "../keys/identity.ts";
import { say } from "../words/language.ts";
import { Problem } from "./problem.tsx";
import { WORDS } from "./words.ts";

/** The invite's code out of the address (`#moi=…`), read once and wiped from it; "" for none. */
export function codeInAddress(): string {
  const found = codeIn(location.hash);
  if (found) history.replaceState(null, "", location.pathname + location.search);
  return found;
}

/** Join with an invite, scanned or typed: the key is made here, when one says so, and never leaves this device; or go to those who have one here. */
export function Joining({ code, joined, others }: { code: string; joined: (identity: Identity) => void; others?: (() => void) | undefined }) {
  const [typed, setTyped] = useState(code);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const id = useId();
  const join = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (!isCode(typed)) return setProblem(new WrongCode());
    setBusy(true);
    setProblem(undefined);
    try {
      joined(await enrol(typed));
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form class="sheet" onSubmit={join} noValidate>
      <h2>{say(WORDS.join)}</h2>
      <div class="field">
        <label for={id}>{say(WORDS.code)}</label>
        <textarea
          class="code-field" rows={2} id={id} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} onKeyDown={enterSends}
          autocomplete="off" autocapitalize="characters" spellcheck={false} aria-describedby={`${id}-hint`} aria-invalid={problem instanceof WrongCode}
        />
        <p class="hint" id={`${id}-hint`}>{say(WORDS.codeHint)}</p>
      </div>
      {problem instanceof WrongCode ? <p class="wrong" role="alert">{say(WORDS.codeWrong)}</p> : problem !== undefined && <Problem of={problem} />}
      <button type="submit" class="primary" aria-disabled={busy}>{say(busy ? WORDS.joining : WORDS.makeKey)}</button>
      <p class="quiet">{say(WORDS.keyStays)}</p>
      {others && <button type="button" class="plain" onClick={others}>{say(WORDS.chooseHere)}</button>}
    </form>
  );
}

/** The code has two lines on a narrow phone and is still one answer: Enter sends it, as in any field of one line. */
function enterSends(event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): void {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

/** It cannot be a code: a character too many, too few, or one that none has. */
class WrongCode extends Error {}
