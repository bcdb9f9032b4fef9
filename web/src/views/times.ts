import { locale, say } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** What is left on a clock: "4:05", "1:00:00"; a second that has begun counts; over the time, "+0:12". */
export function clockText(milliseconds: number): string {
  const over = milliseconds <= -1000;
  const seconds = over ? Math.floor(-milliseconds / 1000) : Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${over ? "+" : ""}${hours ? `${hours}:${two(minutes)}` : minutes}:${two(rest)}`;
}

/** A moment of the sitting, by Vietnam's clock: "14:03:27". */
export function timeText(at: number): string {
  return new Date(at).toLocaleTimeString(locale(), { timeZone: "Asia/Ho_Chi_Minh", hour12: false });
}

/** A span of time in words: "1 phút 30 giây". */
export function durationText(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return [minutes && say(WORDS.minutes, { n: minutes }), (rest || !minutes) && say(WORDS.seconds, { n: rest })].filter(Boolean).join(" ");
}

/** A day, by Vietnam's calendar: "22 tháng 11, 2026". */
export function dateText(at: number): string {
  return new Date(at).toLocaleDateString(locale(), { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "long" });
}

/** The seconds at which a countdown is read out, and the one from which it is urgent. */
export const READ_OUT = [300, 60, 30, 15] as const;
export const URGENT = 15;

/** The last mark of `READ_OUT` that this many seconds have passed, or none yet. */
export function markAt(seconds: number): number | undefined {
  return READ_OUT.filter((mark) => seconds <= mark).at(-1);
}
