import type { System } from "./words.ts";

/** The system of a browser by what it says of itself: only what is shown first. An iPad calls itself a Mac, but has a touch screen. */
export function systemOf(agent: string, touchPoints: number): System {
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1)) return "ios";
  if (/Android/.test(agent)) return "android";
  return /Macintosh/.test(agent) ? "macos" : /Windows/.test(agent) ? "windows" : "android";
}
