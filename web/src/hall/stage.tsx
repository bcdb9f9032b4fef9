import { useEffect, useState } from "preact/hooks";
import { clock } from "../line/clock.ts";
import type { Session } from "../line/signin.ts";
import { useAsked } from "../views/asked.ts";
import { useMeeting } from "../views/following.ts";
import { Icon } from "../views/icon.tsx";
import { timeText } from "../views/times.ts";
import { say, useLang } from "../words/language.ts";
import type { Body, Meeting } from "../wire.ts";
import { Controls } from "./controls.tsx";
import { useQuestion } from "./question.ts";
import { stageOf } from "./scene.ts";
import { SceneShown } from "./scenes.tsx";
import { BesideSpeaker } from "./speaker.tsx";
import { WORDS } from "./words.ts";

/** The big screen: head, one scene, who speaks beside it; and above all, whether what it says is still so. */
export function Stage({ session, meeting, leave }: { session: Session; meeting: Meeting; leave: () => void }) {
  useLang();
  const { shown, line, failure, heardAt } = useMeeting(session, meeting.id);
  const body = useAsked(() => session.ask<Body>("GET", `/meeting/bodies/${encodeURIComponent(session.body)}`), [session]).value;
  const stage = stageOf(shown);
  const poll = "poll" in stage.scene ? stage.scene.poll : undefined;
  const { question, problem } = useQuestion(session, poll, body);
  useOnStage();
  return (
    <main class={`stage ${line}`} data-scene={stage.scene.is} data-line={line}>
      <header class="head">
        <p class="house">{body && say({ vi: body.name, en: body.name_en || body.name })}</p>
        <h1 class="meeting">{shown.meeting?.title ?? meeting.title}</h1>
        <Clock />
      </header>
      {(line !== "good" || failure !== undefined) && shown.heard && (
        <p class={`band ${line}`} role="status"><Icon name={line === "lost" || failure !== undefined ? "lost" : "weak"} />{say(failure !== undefined ? WORDS.refused : line === "lost" ? WORDS.lost : WORDS.weak, { time: timeText(heardAt()) })}</p>
      )}
      {(question?.practice ?? poll?.practice) && <p class="practice" role="status">{say(WORDS.practice)}</p>}
      <SceneShown {...{ session, shown, scene: stage.scene, question, problem, body, meeting, alone: !stage.beside }} />
      {stage.beside && <BesideSpeaker turn={stage.beside} floor={shown.floor} />}
      <Controls leave={leave} />
    </main>
  );
}

function Clock() {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <p class="clock number">{timeText(clock.now()).slice(0, 5)}</p>;
}

/** The whole window is the stage while it stands: its own scale, no scrolling, and it does not go to sleep. */
function useOnStage(): void {
  useEffect(() => {
    document.documentElement.classList.add("onstage");
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const release = () => void lock?.release().catch(() => undefined);
    const wake = () => {
      if (document.visibilityState !== "visible") return;
      navigator.wakeLock?.request("screen").then((given) => {
        lock = given;
        // It was left before the browser answered.
        if (over) release();
      }, () => undefined);
    };
    wake();
    document.addEventListener("visibilitychange", wake);
    return () => {
      document.documentElement.classList.remove("onstage");
      document.removeEventListener("visibilitychange", wake);
      over = true;
      release();
    };
  }, []);
}
