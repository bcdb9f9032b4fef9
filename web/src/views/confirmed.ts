// Of the ballots that count, how many a passkey confirmed, in words.
import type { Proven } from "../rules/certificate.ts";
import type { Words } from "../words/language.ts";

/** In figures; undefined where the question does not ask for it. */
export function confirmedWords({ definition, confirmed, votes }: Pick<Proven, "definition" | "confirmed" | "votes">): Words | undefined {
  if (!definition.step_up) return undefined;
  const said = Array.from(votes.values(), ({ index }) => confirmed.get(index)).filter((flags) => flags !== undefined);
  const synced = said.filter(({ backedUp }) => backedUp).length;
  const isRequired = definition.step_up.when === "required";
  return {
    vi: `Xác nhận phiếu bằng khóa truy cập (${isRequired ? "bắt buộc" : "không bắt buộc"}): ${said.length} phiếu, trong đó ${synced} bằng khóa được đồng bộ.`,
    en: `Ballots confirmed with passkeys (${isRequired ? "required" : "optional"}): ${said.length}, of which ${synced} with keys that are synced.`,
  };
}
