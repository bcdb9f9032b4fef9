// What stands on the voting page: never "no vote" while one is open, or while that is not known.
import type { Session } from "../line/signin.ts";
import type { LineState } from "../line/follow.ts";
import { announcedPoll, closedPoll, openPolls, pollsIn } from "../shown/polls.ts";
import type { Shown } from "../shown/state.ts";
import { locale, say } from "../words/language.ts";
import type { PollShown } from "../wire.ts";
import type { Ballots } from "./ballots.ts";
import { Fate } from "./casting.tsx";
import { Voting } from "./voting.tsx";
import { WORDS } from "./words.ts";

interface Standing {
  readonly session: Session;
  readonly shown: Shown;
  readonly line: LineState;
  readonly ballots: Ballots;
}

export function Standing({ session, shown, line, ballots }: Standing) {
  const open = openPolls(shown);
  const [announced, closed, over] = [announcedPoll(shown), closedPoll(shown), pollsIn(shown, "declared", "certified", "voided")[0]];
  const isKnown = line === "good" && shown.heard;
  return (
    <>
      {!isKnown && open.length > 0 && <p class="notice warn">{say(WORDS.mayBeOld)}</p>}
      {open.map((poll) => <Voting key={poll.poll} session={session} poll={poll} ballots={ballots} />)}
      {!open.length && !isKnown && (
        <section class="sheet" id="unknown"><h2>{say(WORDS.unknown)}</h2><p>{say(WORDS.unknownWhat)}</p></section>
      )}
      {announced && <Told id="announced" head={say(WORDS.announced)} poll={announced}><p class="quiet">{say(WORDS.announcedWhat)}</p></Told>}
      {closed && (
        <Told id="closed" head={say(WORDS.closed)} poll={closed}>
          <p class={closed.alarm ? "notice bad" : "quiet"}>{say(closed.alarm ? WORDS.alarmed : WORDS.closedWhat)}</p>
          <Fate poll={closed.poll} ballots={ballots} />
        </Told>
      )}
      {!open.length && isKnown && !announced && !closed && (
        <section class="sheet" id="none"><h2>{say(WORDS.none)}</h2><p class="quiet">{say(WORDS.noneWhat)}</p></section>
      )}
      {over && !open.length && <Over poll={over} ballots={ballots} />}
    </>
  );
}

function Told({ id, head, poll, children }: { id: string; head: string; poll: PollShown; children: preact.ComponentChildren }) {
  return (
    <section class="sheet" id={id} data-poll={poll.poll}>
      <h2>{head}</h2>
      <p class="question-title" lang="vi">{poll.title}</p>
      {poll.practice && <p class="notice warn practice">{say(WORDS.practice)}</p>}
      {children}
    </section>
  );
}

/** What came of the last vote: the very sentence that is read out. */
function Over({ poll, ballots }: { poll: PollShown; ballots: Ballots }) {
  if (poll.state === "voided") return <Told id="voided" head={say(WORDS.voided)} poll={poll}>{null}</Told>;
  const { decision } = poll;
  return (
    <Told id="result" head={say(WORDS.result)} poll={poll}>
      {decision && <p class="sentence" lang={locale() === "en-GB" ? "en" : "vi"}>{locale() === "en-GB" ? decision.sentence_en : decision.sentence}</p>}
      <Fate poll={poll.poll} ballots={ballots} />
    </Told>
  );
}
