import { say } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** A span of time in words: "1 phút 30 giây". */
export function durationText(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return [minutes && say(WORDS.minutes, { n: minutes }), (rest || !minutes) && say(WORDS.seconds, { n: rest })].filter(Boolean).join(" ");
}
