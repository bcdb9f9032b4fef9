// The sentence that is read out, made again to the letter: `services/rules/wording.py`. Every percentage names its base.
import type { Decision, PollDefinition, QuorumCheck, Rule, Threshold } from "../wire.ts";
import type { Choice } from "./ballot.ts";

const CHOSEN: readonly (readonly [Choice, string, string])[] = [
  ["approve", "tán thành", "in favour"],
  ["reject", "không tán thành", "against"],
  ["abstain", "không biểu quyết", "abstaining"],
];
// After the full noun (đại biểu Quốc hội) has been said once, communiqués go on with its head alone.
const HEADS = ["đại biểu", "thành viên", "cổ đông", "đảng viên", "hội viên", "ủy viên"];

/** The result in Vietnamese. */
export function sentence(definition: PollDefinition, decision: Decision): string {
  const { noun } = definition.body;
  const head = HEADS.find((each) => noun.startsWith(`${each} `)) ?? noun;
  const ofRoll = (count: number) => `bằng ${percentVi(count, decision.roll)} ${baseName("roll", noun)}`;
  const voters = decision.participating;
  const choices = chosen(definition, decision).map(([count, vi]) => `${count} ${head} ${vi} (${ofRoll(count)})`);
  return [
    definition.practice ? "BIỂU QUYẾT THỬ." : "",
    `Kết quả biểu quyết: có ${voters} ${head} tham gia biểu quyết (${ofRoll(voters)}); ${choices.join(", ")}.`,
    quorum(decision.quorum_close, definition, decision.roll),
    demand(definition.rule.threshold, decision, noun),
    tie(decision),
    `Như vậy, ${quoted(definition.title)} ${outcome(decision.outcome, noun)}.`,
  ].filter(Boolean).join(" ");
}

/** The result in English. */
export function sentenceEn(definition: PollDefinition, decision: Decision): string {
  const noun = definition.body.noun_en || "members";
  const ofRoll = (count: number) => `${percentEn(count, decision.roll)} of ${baseNameEn("roll", noun)}`;
  const voters = decision.participating;
  const choices = chosen(definition, decision).map(([count, , en]) => `${count} ${en} (${ofRoll(count)})`);
  return [
    definition.practice ? "PRACTICE VOTE." : "",
    `Result of the vote: ${voters} took part (${ofRoll(voters)}); ${choices.join(", ")}.`,
    quorumEn(decision.quorum_close, definition, decision.roll),
    demandEn(definition.rule.threshold, decision, noun),
    tieEn(decision),
    `Accordingly, ${quoted(definition.title_en || definition.title)} ${OUTCOMES_EN[decision.outcome]}.`,
  ].filter(Boolean).join(" ");
}

/** What a threshold is a fraction of, in Vietnamese. */
export function baseName(base: Rule["base"], noun: string): string {
  return {
    roll: `tổng số ${noun}`,
    present: `số ${noun} có mặt`,
    participating: `số ${noun} tham gia biểu quyết`,
    for_and_against: `số ${noun} tán thành và không tán thành`,
  }[base];
}

/** What a threshold is a fraction of, in English. */
export function baseNameEn(base: Rule["base"], noun: string): string {
  return {
    roll: `all ${noun}`,
    present: `the ${noun} present`,
    participating: `the ${noun} taking part`,
    for_and_against: `the ${noun} voting for or against`,
  }[base];
}

/** Hundredths of a percent, rounded half up; `whole` is at least 1. */
function percent(count: number, whole: number): bigint {
  return (20_000n * BigInt(count) + BigInt(whole)) / (2n * BigInt(whole));
}

function digits(count: number, whole: number, point: string): string {
  const hundredths = percent(count, whole);
  return `${hundredths / 100n}${point}${String(hundredths % 100n).padStart(2, "0")}%`;
}

/** A percentage as Vietnamese writes it: 92,39%. */
export function percentVi(count: number, whole: number): string {
  return digits(count, whole, ",");
}

/** A percentage as English writes it: 92.39%. */
export function percentEn(count: number, whole: number): string {
  return digits(count, whole, ".");
}

/** Choices offered (or chosen all the same), in the order of the communiqués. */
function chosen({ options }: PollDefinition, { counts }: Decision): [number, string, string][] {
  return CHOSEN.filter(([choice]) => counts[choice] || options.some((option) => option.choice === choice)).map(
    ([choice, vi, en]) => [counts[choice], vi, en],
  );
}

function quorum(check: QuorumCheck | null, { rule, body: { noun } }: PollDefinition, roll: number): string {
  if (!check || !rule.quorum) return "";
  const there = rule.quorum.counted === "present" ? "có mặt" : "tham gia biểu quyết";
  const share = `bằng ${percentVi(check.counted, roll)} ${baseName("roll", noun)}`;
  return `Số ${noun} ${there} là ${check.counted}/${roll} (${share}), cần có ít nhất ${check.needed}: ${check.met ? "đủ" : "không đủ"}.`;
}

function quorumEn(check: QuorumCheck | null, { rule, body }: PollDefinition, roll: number): string {
  if (!check || !rule.quorum) return "";
  const there = rule.quorum.counted === "present" ? "present" : "taking part";
  const share = `${percentEn(check.counted, roll)} of ${baseNameEn("roll", body.noun_en || "members")}`;
  return `Quorum: ${check.counted} of ${roll} ${there} (${share}), at least ${check.needed} needed: ${check.met ? "met" : "not met"}.`;
}

function demand(threshold: Threshold, decision: Decision, noun: string): string {
  const name = baseName(decision.base, noun);
  const text = `Cần ít nhất ${outOf(decision, "/")} ${noun} tán thành (${fraction(threshold)} ${name})`;
  if (decision.base === "roll" || !decision.base_count) return `${text}.`;
  const { approve } = decision.counts;
  return `${text}; số tán thành là ${approve}, bằng ${percentVi(approve, decision.base_count)} ${name}.`;
}

function demandEn(threshold: Threshold, decision: Decision, noun: string): string {
  const name = baseNameEn(decision.base, noun);
  const text = `Needed: at least ${outOf(decision, " of ")} in favour (${fractionEn(threshold)} ${name})`;
  if (decision.base === "roll" || !decision.base_count) return `${text}.`;
  const { approve } = decision.counts;
  return `${text}; in favour are ${approve}, ${percentEn(approve, decision.base_count)} of ${name}.`;
}

// With nobody in the base one approval is still needed, and "1/0" would be no number.
function outOf({ needed, base_count }: Decision, between: string): string {
  return base_count ? `${needed}${between}${base_count}` : String(needed);
}

function isHalf({ numerator, denominator, strict }: Threshold): boolean {
  return numerator === 1 && denominator === 2 && strict;
}

function isTwoThirds({ numerator, denominator, strict }: Threshold): boolean {
  return numerator === 2 && denominator === 3 && !strict;
}

/** A threshold in words, in Vietnamese: quá nửa. */
export function fraction(threshold: Threshold): string {
  if (isHalf(threshold)) return "quá nửa";
  if (isTwoThirds(threshold)) return "ít nhất hai phần ba";
  return `${threshold.strict ? "trên" : "ít nhất"} ${threshold.numerator}/${threshold.denominator}`;
}

/** A threshold in words, in English: more than half of. */
export function fractionEn(threshold: Threshold): string {
  if (isHalf(threshold)) return "more than half of";
  if (isTwoThirds(threshold)) return "at least two thirds of";
  return `${threshold.strict ? "more than" : "at least"} ${threshold.numerator}/${threshold.denominator} of`;
}

function tie({ tie_broken_by, outcome }: Decision): string {
  if (!tie_broken_by) return "";
  const side = outcome === "carried" ? "tán thành" : "không tán thành";
  return `Số tán thành và số không tán thành ngang nhau; theo quy định, quyết định theo ý kiến biểu quyết của người chủ trì (${side}).`;
}

function tieEn({ tie_broken_by, outcome }: Decision): string {
  if (!tie_broken_by) return "";
  const side = outcome === "carried" ? "in favour" : "against";
  return `Votes for and against are equal; by the rule, the side of the presiding chair (${side}) decides.`;
}

// In Vietnamese quotes; those within become single ones, so that a title cannot end its own quotation.
function quoted(title: string): string {
  return `“${title.replaceAll("“", "‘").replaceAll("”", "’")}”`;
}

function outcome(name: Decision["outcome"], noun: string): string {
  switch (name) {
    case "carried": return "đã được thông qua";
    case "rejected": return "không được thông qua";
    case "no_quorum": return `chưa được quyết định vì không đủ số ${noun} theo quy định`;
  }
}

const OUTCOMES_EN: { readonly [name in Decision["outcome"]]: string } = {
  carried: "is carried",
  rejected: "is not carried",
  no_quorum: "is not decided, because there was no quorum",
};
