// What the desk does with whole lists: open, under which limits and until when; change these; close.
import type { DeskAct } from "../acts/floor_desk.ts";
import { laneText } from "../views/lanes.ts";
import type { AgendaItem, Lane, LaneRules } from "../wire.ts";
import { asked, wishOf, type FloorDesk } from "./floor_acts.tsx";
import { closingIn, LaneForm, rulesIn } from "./lane_form.tsx";
import type { Act } from "./vote_acts.tsx";
import { WORDS } from "./words.ts";

/** What one may do with a list as it stands. */
export function laneActs(lane: Lane, desk: FloorDesk): Act[] {
  const { item, lane: kind, state } = lane;
  if (state === "ended") return [];
  const { last } = desk.floor;
  const back = last?.item === item && last.lane === kind && last.request
    ? [asked("return", WORDS.returnLast, { name: last.name }, desk, { what: WORDS.returnLastWhat, reason: true, act: () => ({ act: "return", item, lane: kind }) })]
    : [];
  const gate = state === "open"
    ? asked("close-lane", WORDS.closeLane, { lane: laneText(kind) }, desk, { what: WORDS.closeLaneWhat, act: () => ({ act: "lane.close", item, lane: kind }) })
    : openAct(item, kind, lane.rules, desk, true);
  return [gate, adjustAct(lane, desk), ...back];
}

/** Open a list of an item that is not there yet. `rules`: those of the floor's profile. */
export function openLaneAct({ id }: AgendaItem, lane: string, rules: LaneRules, desk: FloorDesk): Act {
  return openAct(id, lane, rules, desk, false);
}

/** Opens a list under the rules that stand; under others only with a reason, which is asked for next. */
function openAct(item: string, lane: string, rules: LaneRules, desk: FloorDesk, again: boolean): Act {
  const words = again ? WORDS.reopenLane : WORDS.openLane;
  const values = { lane: laneText(lane) };
  const wanted = (form: FormData): DeskAct => ({ act: "lane.open", item, lane, rules: rulesIn(form, rules), closes_in_s: closingIn(form, null) });
  return asked("open-lane", words, values, desk, {
    title: WORDS.openLane, what: WORDS.openLaneWhat, more: () => <LaneForm rules={rules} closing={{ at: null }} />,
    first: (form) => {
      if (!rulesIn(form, rules)) return undefined;
      const act = wanted(form);
      return wishOf(words, values, desk, { title: WORDS.otherRules, what: WORDS.otherRulesWhat, reason: true, act: () => act });
    },
    act: wanted,
  });
}

/** Other limits or another closing time, with a reason that all can read. */
function adjustAct({ item, lane, rules, state, closes_at: at }: Lane, desk: FloorDesk): Act {
  return asked("adjust-lane", WORDS.adjustLaneShort, { lane: laneText(lane) }, desk, {
    title: WORDS.adjustLane, what: WORDS.adjustLaneWhat, reason: true,
    more: () => <LaneForm rules={rules} closing={state === "open" ? { at } : undefined} withTurns />,
    act: (form) => ({ act: "lane.adjust", item, lane, rules: rulesIn(form, rules), closes_in_s: closingIn(form, at) }),
  });
}
