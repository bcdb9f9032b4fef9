import { useState } from "preact/hooks";
import { matches } from "../views/search.ts";
import { say } from "../words/language.ts";
import type { RollEntry } from "../wire.ts";
import { WORDS } from "./words.ts";

const SHOWN = 8;

/** Who speaks: somebody of the roll, found by a few letters without marks, or anybody by name. */
export function PickSpeaker({ roll }: { roll: readonly RollEntry[] }) {
  const [typed, setTyped] = useState("");
  const isOne = roll.some(({ name }) => name === typed);
  const found = typed.trim() && !isOne ? roll.filter(({ name, group }) => matches(`${name} ${group}`, typed)).slice(0, SHOWN) : [];
  return (
    <div class="field">
      <label for="speaker">{say(WORDS.speaker)}</label>
      <input id="speaker" name="name" required autofocus autocomplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} aria-describedby="speaker-hint" />
      <p class="hint" id="speaker-hint">{say(WORDS.speakerHint)}</p>
      {found.length > 0 && (
        <ul class="found">
          {found.map(({ member, name, group }) => <li key={member}><button type="button" onClick={() => setTyped(name)}>{name} <span class="quiet">{group}</span></button></li>)}
        </ul>
      )}
    </div>
  );
}

/** The person that the form names: of the roll if there is exactly one of that name, else by the name itself. */
export function speakerIn(form: FormData, roll: readonly RollEntry[]): { readonly member: string; readonly name: string } {
  const name = String(form.get("name") ?? "").normalize("NFC").trim();
  const named = roll.filter((entry) => entry.name === name);
  const [only] = named;
  return named.length === 1 && only ? { member: only.member, name: "" } : { member: "", name };
}
