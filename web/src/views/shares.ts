import { baseName, baseNameEn, percentEn, percentVi } from "../rules/wording.ts";
import type { Words } from "../words/language.ts";
import type { Body, Rule } from "../wire.ts";

/** A base by its name, in the body's own noun: "tổng số đại biểu Quốc hội". */
export function baseWords(base: Rule["base"], body: Pick<Body, "noun" | "noun_en">): Words {
  return { vi: baseName(base, body.noun), en: baseNameEn(base, body.noun_en || "members") };
}

/** A share that names its base and how many that are: "92,39% tổng số đại biểu (473)"; nothing of an empty base. */
export function shareWords(count: number, base: Rule["base"], whole: number, body: Pick<Body, "noun" | "noun_en">): Words {
  if (!whole) return { vi: "", en: "" };
  const { vi, en } = baseWords(base, body);
  return { vi: `${percentVi(count, whole)} ${vi} (${whole})`, en: `${percentEn(count, whole)} of ${en} (${whole})` };
}
