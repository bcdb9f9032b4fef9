import { isUnderWay, lastRecorded, type OwnVote } from "../acts/own_votes.ts";
import { recheck } from "../acts/recheck.ts";
import type { Session } from "../line/signin.ts";
import { OwnServices } from "../outside/door.tsx";
import { OwnPasskeys } from "../passkey/door.tsx";
import { own, type Shown } from "../shown/state.ts";
import { Icon } from "../views/icon.tsx";
import { say } from "../words/language.ts";
import { Particulars } from "./casting.tsx";
import { Check } from "./check.tsx";
import { WORDS } from "./words.ts";

interface Mine {
  readonly session: Session;
  readonly shown: Shown;
  readonly votes: readonly OwnVote[] | undefined;
}

/** One's own ballots with their receipts; once there is a certificate, each can be proven again from it. One's id is what
 * `/verify` finds them by elsewhere. */
export function Mine({ session, shown, votes = [] }: Mine) {
  return (
    <>
      <p class="quiet own-id">{say(WORDS.ownId)} <code>{session.member}</code></p>
      <Votes session={session} shown={shown} votes={votes} />
      <OwnServices session={session} />
      <OwnPasskeys session={session} />
    </>
  );
}

function Votes({ session, shown, votes }: Mine & { votes: readonly OwnVote[] }) {
  if (!votes.length) return <p class="sheet quiet">{say(WORDS.noVotes)}</p>;
  return <ol class="mine">{votes.map((vote) => <li class="sheet" key={vote.sha256} data-vote={vote.poll}><One session={session} shown={shown} vote={vote} votes={votes} /></li>)}</ol>;
}

function One({ session, shown, vote, votes }: Mine & { vote: OwnVote; votes: readonly OwnVote[] }) {
  const isLast = lastRecorded(votes, vote.poll) === vote;
  return (
    <>
      <h3>{vote.title}</h3>
      {vote.practice && <p class="notice warn practice">{say(WORDS.practice)}</p>}
      <p class={`chosen ${vote.choice}`}><Icon name={vote.choice} /><span lang="vi">{vote.label}</span></p>
      {vote.refused && <p class="notice bad"><strong>{say(WORDS.notTaken)}</strong> {say(vote.refused)}</p>}
      {isUnderWay(vote) && <p class="notice warn">{say(WORDS.underWay)}</p>}
      {vote.receipt && <Particulars vote={vote} />}
      {vote.receipt && (isLast ? <Again session={session} shown={shown} vote={vote} /> : <p class="quiet">{say(WORDS.superseded)}</p>)}
    </>
  );
}

function Again({ session, shown, vote }: { session: Session; shown: Shown; vote: OwnVote }) {
  const certificate = own(shown.certificates, vote.poll);
  // A practice vote has none, and says above what it is: by the question that was signed.
  if (!certificate) return vote.practice ? null : <p class="quiet">{say(WORDS.noCertificate)}</p>;
  return <Check check={() => recheck(session, vote, certificate)} name={WORDS.recheck} proven={({ index }) => say(WORDS.rechecked, { n: index })} />;
}
