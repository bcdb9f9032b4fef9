import { useEffect, useState } from "preact/hooks";
import { dateText, timeText } from "../views/times.ts";
import { rolesText } from "../views/who.tsx";
import type { Invite, Member } from "../wire.ts";
import { say } from "../words/language.ts";
import { inviteAddress, pageFor, qrOf, qrPath } from "./qr.ts";
import { WORDS } from "./words.ts";

/** What stands on a card. */
export interface Card {
  readonly invite: Invite;
  readonly member: Member;
  readonly seat: string;
}

/** Eight cards a page of A4; on the screen the same, large enough to be scanned from it. */
const A_PAGE = 8;

export function Cards({ cards, body, meeting, origin }: { cards: readonly Card[]; body: string; meeting: string; origin: string }) {
  const pages = Array.from({ length: Math.ceil(cards.length / A_PAGE) }, (_, page) => cards.slice(page * A_PAGE, (page + 1) * A_PAGE));
  return (
    <div class="cards">
      {pages.map((page, number) => (
        <ul key={number} class="a4">
          {page.map((card) => <CardOf key={card.invite.member} card={card} body={body} meeting={meeting} origin={origin} />)}
        </ul>
      ))}
    </div>
  );
}

function CardOf({ card: { invite, member, seat }, body, meeting, origin }: { card: Card; body: string; meeting: string; origin: string }) {
  const address = inviteAddress(origin, member.roles, invite.code);
  return (
    <li class="card" data-member={member.id}>
      <div class="said">
        <p class="of">{body}<br />{meeting}</p>
        <p class="name">{member.name}</p>
        <p class="seat">{[seat && say(WORDS.seatNamed, { seat }), member.group, rolesText(member.roles)].filter(Boolean).join(" · ")}</p>
        <p class="how">{say(WORDS.cardHow)}</p>
        <p class="typed"><span>{origin.replace(/^https?:\/\//, "")}{pageFor(member.roles)}</span><code>{invite.code}</code></p>
        <p class="until">{say(WORDS.cardUntil, { when: `${timeText(invite.expires_at).slice(0, 5)}, ${dateText(invite.expires_at)}` })}</p>
      </div>
      <Qr text={address} name={say(WORDS.qrOf, { name: member.name })} />
    </li>
  );
}

function Qr({ text, name }: { text: string; name: string }) {
  const [modules, setModules] = useState<boolean[][] | null>([]);
  useEffect(() => {
    let current = true;
    // Without it the card still has the code in letters, and says so.
    qrOf(text).then((made) => current && setModules(made), () => current && setModules(null));
    return () => { current = false; };
  }, [text]);
  if (!modules) return <p class="qr-missing">{say(WORDS.qrMissing)}</p>;
  return <svg class="qr" viewBox={`0 0 ${modules.length} ${modules.length}`} role="img" aria-label={name} data-size={modules.length}><path d={qrPath(modules)} /></svg>;
}
