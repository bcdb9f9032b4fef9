import { fraction, fractionEn } from "../rules/wording.ts";
import { approvalsToCarry, quorumNeeded } from "../shown/needed.ts";
import type { Words } from "../words/language.ts";
import type { Body, Rule } from "../wire.ts";
import { baseWords } from "./shares.ts";

/** What carries a motion, in words, with the number as far as it is known: "Cần quá nửa tổng số đại biểu tán thành: 237/473". */
export function demandWords(rule: Rule, body: Pick<Body, "noun" | "noun_en">, roll: number, present: number): Words {
  const base = baseWords(rule.base, body);
  const carry = roll ? approvalsToCarry(rule, roll, present) : undefined;
  const figure = carry ? `: ${carry.needed}/${carry.of}` : "";
  return {
    vi: `Cần ${fraction(rule.threshold)} ${base.vi} tán thành${figure}`,
    en: `Needs ${fractionEn(rule.threshold)} ${base.en} in favour${figure}`,
  };
}

/** The quorum of a rule, in words; empty where it asks for none. */
export function quorumWords(rule: Rule, body: Pick<Body, "noun" | "noun_en">, roll: number): Words {
  const needed = quorumNeeded(rule, roll);
  if (!rule.quorum || needed === undefined) return { vi: "", en: "" };
  const counted = rule.quorum.counted === "present";
  return {
    vi: `${counted ? "Cần có mặt" : "Cần tham gia biểu quyết"} ít nhất ${needed}/${roll} ${body.noun}`,
    en: `At least ${needed} of ${roll} ${body.noun_en || "members"} must ${counted ? "be present" : "take part"}`,
  };
}
