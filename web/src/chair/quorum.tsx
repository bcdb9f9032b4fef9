import { Icon } from "../views/icon.tsx";
import { say } from "../words/language.ts";
import type { Body, Rule } from "../wire.ts";
import { neededToOpen } from "./polls.ts";
import { WORDS } from "./words.ts";

interface QuorumOf {
  readonly rule: Rule | undefined;
  readonly body: Body | undefined;
  readonly roll: number;
  readonly present: number;
}

/** How many are there and how many must be, in words and as a bar with the mark to reach. */
export function QuorumBar({ rule, body, roll, present }: QuorumOf) {
  const needed = neededToOpen(rule, roll);
  const met = needed === undefined || present >= needed;
  const noun = body ? say({ vi: body.noun, en: body.noun_en || "members" }) : "";
  return (
    <section class={`quorum ${met ? "good" : "warn"}`} aria-labelledby="quorum" data-met={met}>
      <h2 id="quorum">{say(WORDS.presence)}</h2>
      <p class="large number"><strong>{present}</strong>/{roll} <span class="quiet">{noun}</span></p>
      <svg class="quorum-bar" aria-hidden="true" width="100%" height="14" preserveAspectRatio="none">
        <rect class="base" width="100%" height="14" rx="7" />
        <rect class="filled" width={`${roll ? (100 * present) / roll : 0}%`} height="14" rx="7" />
        {needed !== undefined && roll > 0 && <rect class="needed" x={`${(100 * needed) / roll}%`} width="3" height="14" />}
      </svg>
      {needed !== undefined && (
        <p class="verdict-line"><Icon name={met ? "approve" : "warn"} />{say(met ? WORDS.quorumMet : WORDS.quorumMissing, { needed, missing: needed - present })}</p>
      )}
    </section>
  );
}
