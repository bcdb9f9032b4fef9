import { useId } from "preact/hooks";
import { say } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** A field to search by name, id, group or seat, without diacritics; how many were found is read out. What helps stands above it: in an empty field it is cut where letters are large. */
export function Search({ value, onInput, found, all }: { value: string; onInput: (typed: string) => void; found: number; all: number }) {
  const id = useId();
  return (
    <div class="field search">
      <label for={id}>{say(WORDS.search)} <span class="hint">{say(WORDS.searchHint)}</span> <span class="hint" role="status">{value.trim() ? say(WORDS.foundOf, { n: found, all }) : ""}</span></label>
      <input id={id} type="search" value={value} autocomplete="off" onInput={(event) => onInput(event.currentTarget.value)} />
    </div>
  );
}
