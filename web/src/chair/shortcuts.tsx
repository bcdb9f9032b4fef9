import { useId, useLayoutEffect, useState } from "preact/hooks";
import { useModal } from "../views/asking.tsx";
import { say, type Words } from "../words/language.ts";
import { keep, kept } from "../words/kept.ts";
import { WORDS } from "./words.ts";

/** What a key does; single letters only while they are switched on (WCAG 2.1.4). */
export type Keys = Readonly<Record<string, (() => void) | undefined>>;

const KEPT = "plenary.letters";
const LISTED: readonly (readonly [string, Words])[] = [
  ["Ctrl + Enter", WORDS.keyPrimary],
  ["B", WORDS.voteTab],
  ["P", WORDS.floorTab],
  ["D", WORDS.peopleTab],
  ["T", WORDS.keyPause],
  ["G", WORDS.keyExtend],
  ["N", WORDS.nextItem],
  ["Alt + ↑ ↓", WORDS.keyMove],
  ["↑ ↓", WORDS.keyRows],
  ["Esc", WORDS.keyEscape],
  ["?", WORDS.shortcuts],
];

// What takes letters. Where the list of choices is an element of its own, its options do while it is open, and the field that
// stands closed does not: its letters would choose unseen, and after a choice the chair's keys would be dead.
const TYPED_INTO = `input, textarea, option${CSS.supports("appearance: base-select") ? "" : ", select"}`;

/** Listen to the keys while no dialog stands and nobody types. */
export function useKeys(keys: Keys, letters: boolean): void {
  // With the drawing itself: a key that is pressed as soon as its act is seen is heard.
  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      // A key that is held down is one wish, not many: nor does a button hear it again and again, in a question neither.
      if (event.repeat && event.key === "Enter" && !target.matches("textarea")) event.preventDefault();
      if (event.defaultPrevented || event.repeat || document.querySelector("dialog[open]")) return;
      const isPrimary = event.key === "Enter" && event.ctrlKey;
      if (!isPrimary && (event.ctrlKey || event.altKey || event.metaKey || target.matches(TYPED_INTO))) return;
      const act = isPrimary ? keys["Ctrl+Enter"] : letters || event.key === "?" ? keys[event.key.toLowerCase()] : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  });
}

/** Whether single letters are heard: on from the start, and as one left it. */
export function useLetters(): readonly [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => kept(KEPT) !== "off");
  return [on, (wanted) => { keep(KEPT, wanted ? "on" : "off"); setOn(wanted); }];
}

export function Shortcuts({ letters, setLetters, close }: { letters: boolean; setLetters: (on: boolean) => void; close: () => void }) {
  const dialog = useModal();
  const name = useId();
  return (
    <dialog ref={dialog} aria-labelledby={name} onCancel={(event) => { event.preventDefault(); close(); }}>
      <form onSubmit={(event) => { event.preventDefault(); close(); }}>
        <h2 id={name}>{say(WORDS.shortcuts)}</h2>
        <dl class="keys">{LISTED.map(([key, words]) => [<dt><kbd>{key}</kbd></dt>, <dd>{say(words)}</dd>])}</dl>
        <label class="check"><input type="checkbox" checked={letters} onChange={(event) => setLetters(event.currentTarget.checked)} /> {say(WORDS.letters)}</label>
        <div class="acts"><button type="submit" class="primary" autofocus>{say(WORDS.understood)}</button></div>
      </form>
    </dialog>
  );
}
