import { isSealed } from "../shown/speaking.ts";
import { Icon } from "../views/icon.tsx";
import { say } from "../words/language.ts";
import { recordAct, type FloorDesk } from "./floor_acts.tsx";
import { WORDS } from "./words.ts";

/** An item has ended: the turn log so far can be sealed, and is to be had once it is. */
export function Sealing({ desk }: { desk: FloorDesk }) {
  const act = recordAct(desk);
  const newest = desk.sealed.at(-1);
  const at = newest && `/signing/records/${encodeURIComponent(newest.record)}`;
  return (
    <div class="acts">
      <p class="chip">{say(WORDS.itemEnded)}</p>
      {!isSealed(desk.floor, desk.sealed) && <button type="button" data-act={act.name} onClick={act.start}>{say(act.words)}</button>}
      {at && (
        <p class="issued sealed" role="status">
          <Icon name="approve" />{say(WORDS.sealedLog)}
          <a href={`${at}.pdf`} target="_blank" rel="noopener">PDF</a>
          <a href={`${at}.json`} download>turns.json</a>
        </p>
      )}
    </div>
  );
}
