import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Refused } from "../src/rules/refused.ts";

export interface Case {
  readonly name: string;
  readonly catches: string;
  readonly result: string;
}

/** The top of the repository; tests run in `web/`. */
export const ROOT = join(process.cwd(), "..");

/** A file of proto/vectors/, the same that Python reads. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, "proto", "vectors", `${name}.json`), "utf8")) as T;
}

/** `good`, or the code of the refusal; anything else that is thrown is our fault and fails the test. */
export async function result(act: () => unknown): Promise<string> {
  try {
    await act();
    return "good";
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}
