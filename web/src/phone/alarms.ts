// What is wrong with what the server says, in plain words: from the refusals of rules/.
import type { ReceiptWrong } from "../acts/cast.ts";
import type { OwnVote } from "../acts/own_votes.ts";
import type { Refused } from "../rules/refused.ts";
import type { Words } from "../words/language.ts";
import { ALARM_WORDS } from "./words.ts";

const SIGNER = "not signed by the person who presides";

/** In plain words why a question must not be answered. */
export function questionAlarm({ code, what }: Refused): Words {
  if (code === "signature_wrong" || code === "message_malformed" || code === "algorithm_wrong") return ALARM_WORDS.changed;
  if (code === "credential_wrong" || code === "credential_unknown" || code.startsWith("chain_")) return ALARM_WORDS.stranger;
  if (what === SIGNER) return ALARM_WORDS.signer;
  if (what === "title") return ALARM_WORDS.title;
  if (what === "hash") return ALARM_WORDS.changed;
  return code === "definition_wrong" ? ALARM_WORDS.elsewhere : ALARM_WORDS.other;
}

/** In plain words why a result is not believed. */
export function resultAlarm(refused: Refused): Words {
  return ["decision_wrong", "figures_impossible"].includes(refused.code) ? ALARM_WORDS.result : questionAlarm(refused);
}

/** In plain words why a receipt is not believed; `votes`: one's own ballots, to know an old receipt when it comes back. */
export function receiptAlarm({ refused: { code, what }, receipt }: ReceiptWrong, votes: readonly OwnVote[]): Words {
  const isOld = votes.some((vote) => vote.receipt?.entry === receipt.entry);
  if (code === "checkpoint_wrong") return ALARM_WORDS.ledgerKey;
  if (what === "another ballot" || what === "poll of the receipt") return isOld ? ALARM_WORDS.oldReceipt : ALARM_WORDS.otherReceipt;
  return code === "proof_wrong" ? ALARM_WORDS.proof : ALARM_WORDS.other;
}
