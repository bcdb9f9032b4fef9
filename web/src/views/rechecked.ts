// What was found of certificates of other authorities after the cut, in words.
import { words, type Words } from "../words/language.ts";
import type { RecheckCounts } from "../wire.ts";

export const POLICY_WORDS: { readonly [policy in RecheckCounts["policy"]]: Words } = {
  count: words("vẫn tính, có ghi chú", "counted, and noted"),
  exclude: words("không tính", "not counted"),
};

/** In figures; undefined where nobody was asked. */
export function recheckWords(counts: RecheckCounts | undefined): Words | undefined {
  if (!counts) return undefined;
  const { checked, revoked, unknown, policy } = counts;
  const { vi, en } = POLICY_WORDS[policy];
  return {
    vi: `Chứng thư số của tổ chức chứng thực khác, tra cứu lại sau khi chốt phiếu: ${checked}; đã bị thu hồi trước khi bỏ phiếu: ${revoked} (không tính); chưa rõ trạng thái: ${unknown} (${vi}).`,
    en: `Certificates of other authorities, asked about again after the cut: ${checked}; revoked before voting: ${revoked} (not counted); unknown: ${unknown} (${en}).`,
  };
}
