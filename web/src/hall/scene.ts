// What the big screen shows, chosen from what it knows: one scene at a time, and who speaks beside it.
import { openPolls, pollsIn } from "../shown/polls.ts";
import { speaking } from "../shown/speaking.ts";
import type { Shown } from "../shown/state.ts";
import type { PollShown, Turn } from "../wire.ts";

export type Scene =
  | { readonly is: "unknown" | "waiting" | "ended" }
  | { readonly is: "announced" | "voting" | "closed" | "result" | "voided"; readonly poll: PollShown }
  | { readonly is: "speaking"; readonly turn: Turn };

export interface Stage {
  readonly scene: Scene;
  /** Who speaks while the scene is another's: a vote with its speaker beside it. */
  readonly beside: Turn | undefined;
}

/** A vote comes before everything; then a count that is awaited; then whatever happened last. */
export function stageOf(shown: Shown): Stage {
  const turn = speaking(shown.floor);
  const scene = sceneOf(shown, turn);
  return { scene, beside: scene.is === "speaking" ? undefined : turn };
}

function sceneOf(shown: Shown, turn: Turn | undefined): Scene {
  // 1. Nothing heard yet: that is not the same as nothing going on.
  if (!shown.heard) return { is: "unknown" };
  // 2. One votes, or waits for the count.
  const [open] = openPolls(shown);
  if (open) return { is: "voting", poll: open };
  const [closed] = pollsIn(shown, "closing", "closed");
  if (closed) return { is: "closed", poll: closed };
  if (shown.meeting?.state === "ended") return { is: "ended" };
  // 3. What happened last: a question announced, a result, a vote annulled, somebody called to speak.
  const [last] = pollsIn(shown, "announced", "declared", "certified", "voided");
  if (turn && turn.called_at >= (last?.at ?? 0)) return { is: "speaking", turn };
  if (!last) return { is: "waiting" };
  return { is: last.state === "announced" ? "announced" : last.state === "voided" ? "voided" : "result", poll: last };
}
