import { clock } from "../line/clock.ts";
import { timeLeft } from "../shown/speaking.ts";
import { useLeft } from "../views/countdown.tsx";
import { clockText } from "../views/times.ts";
import { say } from "../words/language.ts";
import type { Turn } from "../wire.ts";
import { WORDS } from "./words.ts";

const [HALF, QUARTER] = [30_000, 15_000];

/** One's own turn: the clock fills the screen; it warns at 30 seconds, at 15, and when the time is over. */
export function OwnTurn({ turn, title }: { turn: Turn; title: string }) {
  const runsTo = turn.state === "running" && turn.planned_ms !== null ? turn.deadline : null;
  const running = useLeft(runsTo, clock.now);
  const left = running ?? timeLeft(turn, clock.now());
  const level = turn.state !== "running" || left === undefined ? "calm" : left <= 0 ? "over" : left <= QUARTER ? "late" : left <= HALF ? "soon" : "calm";
  const figure = left === undefined ? "∞" : clockText(left);
  const told = { calm: "", soon: say(WORDS.half), late: say(WORDS.quarter), over: say(WORDS.over) }[level];
  return (
    <section class={`own-turn ${level}`} data-turn={turn.state} data-level={level} aria-labelledby="own-turn">
      <h2 id="own-turn">{say(turn.state === "called" ? WORDS.called : turn.state === "paused" ? WORDS.paused : WORDS.yourTurn)}</h2>
      <p>{title}</p>
      <p class={`own-clock number ${figure.length > 5 ? "long" : ""}`} role="timer" aria-live="off">{figure}</p>
      {left === undefined && <p>{say(WORDS.noLimit)}</p>}
      {turn.state === "called" && <p>{say(WORDS.calledWhat)}</p>}
      <p class="own-warning" aria-hidden="true">{told}</p>
      <span class="unseen" aria-live="polite">{level === "soon" ? told : ""}</span>
      <span class="unseen" aria-live="assertive">{level === "late" || level === "over" ? told : ""}</span>
    </section>
  );
}
