import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../words/language.ts";
import { comeBack, placeOf } from "./focus.ts";
import { WORDS } from "./words.ts";

interface Asked {
  readonly title: string;
  /** What will happen, and what cannot be taken back. */
  readonly children?: ComponentChildren;
  /** The word on the button that does it: the act itself, never "OK". */
  readonly confirm: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  /** Wants a reason in words; its label. */
  readonly reason?: string | undefined;
  /** While it is being done: it is neither done twice nor left. */
  readonly busy?: boolean;
  /** While it cannot be done yet; it can be left. */
  readonly waits?: boolean;
  /** The reason if one is wanted, and what else stands in the form. */
  readonly onConfirm: (reason: string, form: FormData) => void;
  readonly onCancel: () => void;
}

/** Asks once, in a native modal dialog: Esc leaves it, focus comes back to where it was; the dangerous button is never the first. */
export function Asking({ title, children, confirm, danger = false, wide = false, reason, busy = false, waits = false, onConfirm, onCancel }: Asked) {
  const dialog = useModal();
  const field = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState("");
  const [missing, setMissing] = useState(false);
  const name = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || waits) return;
    if (reason === undefined || typed.trim()) return onConfirm(typed.normalize("NFC").trim(), new FormData(event.currentTarget as HTMLFormElement));
    setMissing(true);
    field.current?.focus();
  };
  return (
    <dialog ref={dialog} class={wide ? "wide" : ""} aria-labelledby={name} onCancel={(event) => { event.preventDefault(); if (!busy) onCancel(); }}>
      <form onSubmit={submit} noValidate>
        <h2 id={name}>{title}</h2>
        {children}
        {reason !== undefined && (
          <div class="field">
            <label for={`${name}-reason`}>{reason}</label>
            <textarea
              id={`${name}-reason`} ref={field} maxLength={500} required aria-invalid={missing && !typed.trim()} aria-describedby={`${name}-missing`}
              value={typed} onInput={(event) => setTyped(event.currentTarget.value)}
            />
            <p id={`${name}-missing`} class="wrong" role="alert">{missing && !typed.trim() ? say(WORDS.reasonMissing) : ""}</p>
          </div>
        )}
        <div class="acts">
          <button type="button" onClick={onCancel} disabled={busy}>{say(WORDS.cancel)}</button>
          <button type="submit" class={`primary ${danger ? "danger" : ""}`} autofocus={!danger && reason === undefined} aria-disabled={busy || waits}>{busy || waits ? say(WORDS.working) : confirm}</button>
        </div>
      </form>
    </dialog>
  );
}

/** A dialog that is modal while it stands; afterwards the focus is where it was, or beside it. */
export function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const [shown, before] = [dialog.current, placeOf(document.activeElement)];
    shown?.showModal();
    return () => {
      shown?.close();
      comeBack(before);
    };
  }, []);
  return dialog;
}
