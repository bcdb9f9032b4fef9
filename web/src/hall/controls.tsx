import { useEffect, useState } from "preact/hooks";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { keep, kept } from "../words/kept.ts";
import { say } from "../words/language.ts";
import { WORDS } from "./words.ts";

const KEPT = "plenary.hall.light";

/** For whoever sets the screen up: seen when the pointer is there, or the keyboard. */
export function Controls({ leave }: { leave: () => void }) {
  const [light, setLight] = useState(() => kept(KEPT) === "true");
  useEffect(() => {
    document.documentElement.classList.toggle("lit", light);
    return () => document.documentElement.classList.remove("lit");
  }, [light]);
  const change = () => {
    setLight(!light);
    keep(KEPT, String(!light));
  };
  // A browser that says no leaves the window as it is, and all see that.
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined);
  return (
    <nav class="controls" aria-label={say(WORDS.controls)}>
      <LanguageSwitch />
      <button type="button" onClick={change}>{say(light ? WORDS.dark : WORDS.light)}</button>
      <button type="button" onClick={full}>{say(WORDS.full)}</button>
      <button type="button" onClick={leave}>{say(WORDS.other)}</button>
    </nav>
  );
}
