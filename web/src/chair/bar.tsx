import type { ComponentChildren } from "preact";
import { say } from "../words/language.ts";
import type { Hand } from "./desk.tsx";
import type { Acts } from "./vote_acts.tsx";
import { WORDS } from "./words.ts";

/** The acts, always in the same place: the one that is next on the left, what else one may do beside it, what destroys on the right. */
export function Bar({ acts: { primary, others, note }, hand, children }: { acts: Acts; hand: Hand; children?: ComponentChildren }) {
  const [calm, danger] = [others.filter((act) => !act.danger), others.filter((act) => act.danger)];
  return (
    <footer class="deskbar" aria-label={say(WORDS.acts)}>
      {children}
      <div class="acts">
        {primary && (
          <button type="button" class={`primary ${primary.danger ? "danger" : ""}`} data-act={primary.name} aria-keyshortcuts="Control+Enter" aria-disabled={hand.busy} onClick={primary.start}>
            {say(primary.words, primary.values)}
          </button>
        )}
        {!primary && note && <p class="note" role="status">{note}</p>}
        {calm.map((act) => <button type="button" key={act.name} data-act={act.name} aria-disabled={hand.busy} onClick={act.start}>{say(act.words, act.values)}</button>)}
        <span class="room" />
        {danger.map((act) => <button type="button" key={act.name} class="danger" data-act={act.name} aria-disabled={hand.busy} onClick={act.start}>{say(act.words, act.values)}</button>)}
      </div>
    </footer>
  );
}
