// What carries a motion, in integers: `services/rules/majority.py`. Fractions are compared by multiplying; BigInt,
// since a product may leave the numbers that JavaScript counts exactly.
import * as why from "../refusals.ts";
import type { Counts, Decision, PollDefinition, QuorumCheck, RecheckCounts, Rule, Threshold } from "../wire.ts";
import type { Choice } from "./ballot.ts";
import { refuse } from "./refused.ts";
import { sentence, sentenceEn } from "./wording.ts";

/** What a decision is made of beside the counts, in members; `chair`: the choice of the person presiding, if any. */
export interface Figures {
  readonly roll: number;
  readonly presentOpen: number;
  readonly presentClose: number;
  readonly chair: Choice | null;
  /** What became of ballots by certificates of other authorities, if any were asked about; it is only noted. */
  readonly rechecked?: RecheckCounts | undefined;
}

/** The result of a closed poll, with its arithmetic and its sentences. Refuses with figures_impossible. */
export function decide(definition: PollDefinition, counts: Counts, figures: Figures): Decision {
  mustBePossible(counts, figures);
  const { rule } = definition;
  const taking = participating(counts);
  const base = baseCount(rule.base, counts, figures);
  const needed = approvalsNeeded(base, rule.threshold);
  const quorum = rule.quorum && check(rule.quorum.threshold, figures.roll, rule.quorum.counted === "present" ? figures.presentClose : taking);
  const [outcome, byChair] = outcomeOf(rule, counts, needed, quorum, figures.chair);
  const decision: Decision = {
    counts,
    roll: figures.roll,
    present: figures.presentClose,
    participating: taking,
    base: rule.base,
    base_count: base,
    needed,
    // Those taking part cannot be counted before the vote.
    quorum_open: rule.quorum?.counted === "present" ? check(rule.quorum.threshold, figures.roll, figures.presentOpen) : null,
    quorum_close: quorum,
    tie_broken_by: byChair ? definition.presiding : "",
    outcome,
    sentence: "",
    sentence_en: "",
    ...(figures.rechecked && { rechecked: figures.rechecked }),
  };
  return { ...decision, sentence: sentence(definition, decision), sentence_en: sentenceEn(definition, decision) };
}

/**
 * A decision that is shown must be what the signed question's rule makes of its own figures, to the last word of both
 * sentences. Whether the figures are true is for the certificate. Refuses with decision_wrong, figures_impossible.
 */
export function mustFollow(definition: PollDefinition, shown: Decision): Decision {
  const { counts, roll, present, quorum_open: before, tie_broken_by: broken, outcome, rechecked } = shown;
  const chair = !broken ? null : outcome === "carried" ? "approve" : "reject";
  const made = decide(definition, counts, { roll, presentOpen: before?.counted ?? 0, presentClose: present, chair, rechecked });
  const different = (Object.keys(made) as (keyof Decision)[]).find((member) => JSON.stringify(made[member]) !== JSON.stringify(shown[member]));
  if (different) refuse(why.DECISION_WRONG, { what: different });
  return made;
}

function participating({ approve, reject, abstain }: Counts): number {
  return approve + reject + abstain;
}

/** The least number of approvals that carries; never less than 1, also where the base is empty. */
export function approvalsNeeded(base: number, threshold: Threshold): number {
  return Math.max(1, leastReaching(base, threshold));
}

/** The least whole number that reaches the threshold of `base`. */
export function leastReaching(base: number, { numerator, denominator, strict }: Threshold): number {
  const product = BigInt(base) * BigInt(numerator);
  const whole = BigInt(denominator);
  return Number(strict ? product / whole + 1n : (product + whole - 1n) / whole);
}

function check(threshold: Threshold, roll: number, counted: number): QuorumCheck {
  const needed = leastReaching(roll, threshold);
  return { counted, needed, met: counted >= needed };
}

function baseCount(base: Rule["base"], counts: Counts, { roll, presentClose }: Figures): number {
  switch (base) {
    case "roll": return roll;
    case "present": return presentClose;
    case "participating": return participating(counts);
    case "for_and_against": return counts.approve + counts.reject;
  }
}

function outcomeOf(rule: Rule, { approve, reject }: Counts, needed: number, quorum: QuorumCheck | null, chair: Choice | null): [Decision["outcome"], boolean] {
  if (quorum && !quorum.met) return ["no_quorum", false];
  if (approve >= needed) return ["carried", false];
  const tied = approve === reject && reject > 0;
  if (rule.tie === "chair" && tied && (chair === "approve" || chair === "reject")) {
    return [chair === "approve" ? "carried" : "rejected", true];
  }
  return ["rejected", false];
}

function mustBePossible(counts: Counts, { roll, presentOpen, presentClose, chair }: Figures): void {
  if (Math.min(counts.approve, counts.reject, counts.abstain, presentOpen) < 0 || roll < 1) impossible("roll or counts");
  if (!(participating(counts) <= presentClose && presentClose <= roll)) impossible("participating, present, roll");
  if (presentOpen > roll) impossible("present at open, roll");
  if (chair !== null && counts[chair] < 1) impossible("chair's ballot");
}

function impossible(what: string): never {
  return refuse(why.FIGURES_IMPOSSIBLE, { what });
}
