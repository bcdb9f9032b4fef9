import { isIos } from "../views/apple.ts";
import type { System } from "./words.ts";

/** The system of a browser by what it says of itself: only what is shown first. */
export function systemOf(agent: string, touchPoints: number): System {
  if (isIos(agent, touchPoints)) return "ios";
  if (/Android/.test(agent)) return "android";
  return /Macintosh/.test(agent) ? "macos" : /Windows/.test(agent) ? "windows" : "android";
}
