import { durationText } from "../views/times.ts";
import { say } from "../words/language.ts";
import { WORDS } from "./words.ts";

const SPANS = [30, 60, 120, 300] as const;

/** How much more time, of a vote or of a turn: a minute if one says nothing else. */
export function Spans() {
  return (
    <fieldset class="spans">
      <legend>{say(WORDS.extendBy)}</legend>
      {SPANS.map((seconds) => <label key={seconds}><input type="radio" name="seconds" value={seconds} defaultChecked={seconds === 60} />{durationText(seconds)}</label>)}
    </fieldset>
  );
}

/** The seconds that were chosen. */
export function spanIn(form: FormData): number {
  return Number(form.get("seconds"));
}
