// What is withheld in the ledger of a sitting: ballots, and nothing but ballots: `services/rules/withheld.py`.
import * as why from "../refusals.ts";
import type { Placed } from "./extract.ts";
import { refuse } from "./refused.ts";

/** A run of lines in which somebody votes all the time: each vote that ends says how many of them are its ballots. */
export class Stretch {
  /** Of each vote under way, how many lines may be its ballots. */
  readonly #voting = new Map<string, number>();
  /** For how many no vote that ended has answered. */
  #ballots = 0;
  /** So many of them may be of votes that were annulled in the older form, without a number. */
  #unsaid = 0;
  /** Whether the ledger has come to the newer form: none goes back. */
  #isNewer = false;

  /** Lines that are withheld, from `start` up to `end`: somebody must be voting. */
  passOver(start: number, end: number): void {
    if (start === end) return;
    if (!this.#voting.size) refuse(why.ORDER_WRONG, { index: start, what: "withheld while nobody votes" });
    for (const [poll, possible] of this.#voting) this.#voting.set(poll, possible + end - start);
    this.#ballots += end - start;
  }

  /** A line that is shown, where its poll may have it. */
  take({ entry, index }: Placed): void {
    const possible = this.#voting.get(entry.poll);
    if (entry.kind === "poll.opened") this.#voting.set(entry.poll, 0);
    else if (entry.kind === "ballot") {
      if (possible === undefined) return refuse(why.ORDER_WRONG, { index, what: "a ballot of a poll that is not open" });
      this.#voting.set(entry.poll, possible + 1);
      this.#ballots += 1;
    } else if (entry.kind === "poll.closed") this.#end(entry.poll, index, possible, entry.ballots);
    else if (entry.kind === "poll.voided" && entry.ballots !== undefined) {
      this.#isNewer = true;
      this.#end(entry.poll, index, possible, entry.ballots);
    } else if (entry.kind === "poll.voided" && possible !== undefined) this.#endUnsaid(entry.poll, index, possible);
  }

  /** One vote ends, with so many ballots. */
  #end(poll: string, index: number, possible: number | undefined, said: number): void {
    this.#voting.delete(poll);
    if (possible === undefined || said > possible) refuse(why.ORDER_WRONG, { index, what: "number of ballots" });
    this.#ballots -= said;
    this.#mustComeOut(index);
  }

  /** One vote ends in the older form, with as many ballots as may be its own, or fewer. */
  #endUnsaid(poll: string, index: number, possible: number): void {
    if (this.#isNewer) refuse(why.ORDER_WRONG, { index, what: "number of ballots" });
    this.#voting.delete(poll);
    this.#unsaid += possible;
    this.#mustComeOut(index);
  }

  /** With the last vote nothing may be left over, but what may be of votes of which it was not said. */
  #mustComeOut(index: number): void {
    if (this.#voting.size) return;
    if (this.#ballots < 0 || this.#ballots > this.#unsaid) refuse(why.ORDER_WRONG, { index, what: this.#ballots > 0 ? "more withheld than ballots" : "number of ballots" });
    this.#ballots = this.#unsaid = 0;
  }
}
