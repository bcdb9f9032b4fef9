import type { ComponentChildren } from "preact";
import { clock } from "../line/clock.ts";
import { Countdown } from "../views/countdown.tsx";
import { LanguageSwitch } from "../views/language_switch.tsx";
import type { LineState } from "../line/follow.ts";
import { LineBanner } from "../views/line_banner.tsx";
import { rolesText } from "../views/who.tsx";
import { POLL_WORDS } from "../views/words.ts";
import { say } from "../words/language.ts";
import type { Meeting, Turn } from "../wire.ts";
import type { Session } from "../line/signin.ts";
import type { PollRow } from "./polls.ts";
import { TURN_WORDS, WORDS } from "./words.ts";

interface TopOf {
  readonly session: Session;
  readonly meeting: Meeting;
  readonly line: LineState;
  readonly leave: () => void;
  readonly help: () => void;
  readonly children: ComponentChildren;
}

export function Top({ session, meeting, line, leave, help, children }: TopOf) {
  return (
    <header class="top">
      <div><h1>{say(WORDS.title)}</h1><p class="quiet brief" title={meeting.title}>{meeting.title}</p></div>
      {children}
      <LineBanner state={line} />
      <p class="who"><strong>{session.identity.name}</strong><br /><span class="quiet">{rolesText(session.roles)}</span></p>
      <button type="button" class="plain help" onClick={help} aria-keyshortcuts="?">{say(WORDS.shortcuts)}</button>
      <button type="button" class="plain" onClick={leave}>{say(WORDS.leave)}</button>
      <LanguageSwitch />
    </header>
  );
}

export type Tab = "vote" | "floor" | "people";

interface TabsOf {
  readonly tab: Tab;
  /** The poll that is shown: of it nothing needs to be told twice. */
  readonly row: PollRow | undefined;
  readonly choose: (tab: Tab) => void;
  readonly live: PollRow | undefined;
  readonly turn: Turn | undefined;
}

/** The two rooms of the desk; what is live in the other one stays in sight. */
export function Tabs({ tab, row, choose, live, turn }: TabsOf) {
  const isSpeaking = turn?.state === "running" || turn?.state === "paused";
  const left = turn && turn.planned_ms !== null ? turn.planned_ms - turn.used_ms : undefined;
  return (
    <nav class="tabs" aria-label={say(WORDS.rooms)}>
      <button type="button" aria-current={tab === "vote"} aria-keyshortcuts="b" onClick={() => choose("vote")}>
        {say(WORDS.voteTab)}
        {live && (tab !== "vote" || live.id !== row?.id) && <span class="chip open" data-live="vote"><span class="dot" aria-hidden="true" />{say(POLL_WORDS[live.state])} {live.received}/{live.present}{live.deadline !== null && <> · <Countdown until={live.deadline} now={clock.now} /></>}</span>}
      </button>
      <button type="button" aria-current={tab === "floor"} aria-keyshortcuts="p" onClick={() => choose("floor")}>
        {say(WORDS.floorTab)}
        {turn && isSpeaking && tab !== "floor" && <span class="chip open" data-live="floor"><span class="dot" aria-hidden="true" />{turn.name}: {say(TURN_WORDS[turn.state])}{left !== undefined && turn.running_since !== null && <> · <Countdown until={turn.running_since + left} now={clock.now} /></>}</span>}
      </button>
      <button type="button" class="only-narrow" aria-current={tab === "people"} aria-keyshortcuts="d" onClick={() => choose("people")}>{say(WORDS.peopleTab)}</button>
    </nav>
  );
}
