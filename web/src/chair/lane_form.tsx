import { clock } from "../line/clock.ts";
import * as why from "../refusals.ts";
import { refuse } from "../rules/refused.ts";
import { durationText, timeText } from "../views/times.ts";
import { say } from "../words/language.ts";
import type { LaneRules } from "../wire.ts";
import { WORDS } from "./words.ts";

const TURNS = [60, 120, 180, 300, 420, 600, 900] as const;
const CLOSINGS = [300, 600, 900, 1800, 3600] as const;
const LENGTH = /^[1-9][0-9]{0,4}$/;

interface LaneFormOf {
  /** The rules that stand. */
  readonly rules: LaneRules;
  /** When the clock closes the list as it stands; undefined where no clock can. */
  readonly closing: { readonly at: number | null } | undefined;
  readonly withTurns?: boolean;
}

/** What is most often set of a list: time per turn, how many may wait, when the clock closes it. The rest stays as the rules have it. */
export function LaneForm({ rules, closing, withTurns = false }: LaneFormOf) {
  const turns = [...new Set([...TURNS, ...(rules.turn_s === null ? [] : [rules.turn_s])])].sort((one, other) => one - other);
  return (
    <>
      {withTurns && (
        <div class="field">
          <label for="lane-turn">{say(WORDS.laneTurn)}</label>
          <select id="lane-turn" name="turn" defaultValue={String(rules.turn_s ?? "")}>
            <option value="" selected={rules.turn_s === null}>{say(WORDS.noLimit)}</option>
            {turns.map((seconds) => <option value={seconds} selected={seconds === rules.turn_s} key={seconds}>{durationText(seconds)}</option>)}
          </select>
        </div>
      )}
      <div class="field">
        <label for="lane-length">{say(WORDS.laneLength)}</label>
        <input id="lane-length" name="length" inputMode="numeric" autocomplete="off" maxLength={5} defaultValue={String(rules.length ?? "")} aria-describedby="lane-length-hint" />
        <p class="hint" id="lane-length-hint">{say(WORDS.laneLengthHint)}</p>
      </div>
      {closing && (
        <div class="field">
          <label for="lane-closing">{say(WORDS.laneClosing)}</label>
          <select id="lane-closing" name="closing">
            {closing.at !== null && <option value="keep">{say(WORDS.closesAt, { time: timeText(closing.at) })}</option>}
            <option value="">{say(WORDS.closedByHand)}</option>
            {CLOSINGS.map((seconds) => <option value={seconds} key={seconds}>{say(WORDS.closesAfter, { time: durationText(seconds) })}</option>)}
          </select>
        </div>
      )}
    </>
  );
}

/** The rules that the form wants; null if they are those that stand. Raises lane_rules_unsound. */
export function rulesIn(form: FormData, standing: LaneRules): LaneRules | null {
  const turn = form.get("turn");
  const written = String(form.get("length") ?? "").trim();
  if (written && !LENGTH.test(written)) refuse({ code: why.LANE_RULES_UNSOUND.code, ...WORDS.laneLengthWrong }, { written });
  const length = written ? Number(written) : null;
  const turnS = turn === null ? standing.turn_s : Number(turn) || null;
  return length === standing.length && turnS === standing.turn_s ? null : { ...standing, length, turn_s: turnS };
}

/** In how many seconds the clock closes the list; what stands stays where it is, to the second. */
export function closingIn(form: FormData, at: number | null): number | null {
  const wanted = form.get("closing");
  if (wanted === "keep" && at !== null) return Math.max(1, Math.ceil((at - clock.now()) / 1000));
  return Number(wanted) || null;
}
