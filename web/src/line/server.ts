// One request to this page's own server. A refusal is Declined; no answer, or one that is not ours, is Unreachable.
import type { Bytes } from "../rules/bytes.ts";
import { read } from "../rules/json.ts";
import type { Shape } from "../rules/shape.ts";

/** The server refused, in words (problem+json, RFC 9457). `fields`: all members of the problem. */
export class Declined extends Error {
  readonly code: string;
  readonly status: number;
  readonly vi: string;
  readonly en: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(fields: Readonly<Record<string, unknown>>, status: number) {
    super(String(fields["code"]));
    const said = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
    this.code = said("code");
    this.status = status;
    this.vi = said("detail");
    this.en = said("detail_en");
    this.fields = fields;
  }
}

/** No answer in time, or none that is ours. */
export class Unreachable extends Error {}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** `json` or `jose` is sent; `shape`: what the answer must look like; `patience`: milliseconds until it is given up. */
export interface Options {
  readonly token?: string;
  readonly json?: unknown;
  readonly jose?: string;
  readonly csv?: string;
  readonly shape?: Shape;
  readonly signal?: AbortSignal;
  readonly patience?: number;
}

const PATIENCE = 10_000;

/** Ask the server once; the answer as a message. Throws Declined, Unreachable; the signal's reason if aborted. */
export async function ask<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const text = await askText(method, path, options);
  try {
    if (!text) return undefined as T;
    return options.shape ? read<T>(text, options.shape) : (JSON.parse(text) as T);
  } catch (error) {
    // Somebody else answered: a portal of the network, a proxy.
    throw new Unreachable(String(error));
  }
}

/** The same, for an answer that is text. */
export async function askText(method: Method, path: string, options: Options = {}): Promise<string> {
  return new TextDecoder().decode(await askBytes(method, path, options));
}

/** The same, for an answer that is a file. */
export async function askBytes(method: Method, path: string, options: Options = {}): Promise<Bytes> {
  const { signal, patience = PATIENCE } = options;
  const given = within(patience, signal);
  let response: Response;
  let answer: ArrayBuffer;
  try {
    response = await fetch(path, { method, ...content(options), signal: given.signal, cache: "no-store", credentials: "omit" });
    answer = await response.arrayBuffer();
  } catch (error) {
    signal?.throwIfAborted();
    throw new Unreachable(String(error));
  } finally {
    given.done();
  }
  if (response.ok) return new Uint8Array(answer);
  throw refusalIn(new TextDecoder().decode(answer), response.status);
}

/** A signal that aborts after so many milliseconds, or with another one. (AbortSignal.any is newer than the phones in halls.) */
function within(patience: number, signal: AbortSignal | undefined): { signal: AbortSignal; done: () => void } {
  const given = new AbortController();
  const abort = () => given.abort();
  const timer = setTimeout(abort, patience);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  return { signal: given.signal, done: () => { clearTimeout(timer); signal?.removeEventListener("abort", abort); } };
}

function content({ token, json, jose, csv }: Options): { headers: Record<string, string>; body?: string } {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  if (jose !== undefined) return { headers: { ...headers, "Content-Type": "application/jose" }, body: jose };
  if (csv !== undefined) return { headers: { ...headers, "Content-Type": "text/csv" }, body: csv };
  if (json !== undefined) return { headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(json) };
  return { headers };
}

/** What an answer that is no success says: ours if it is a problem with a code. */
export function refusalIn(text: string, status: number): Declined | Unreachable {
  try {
    const fields = JSON.parse(text) as Record<string, unknown> | null;
    if (fields && typeof fields["code"] === "string") return new Declined(fields, status);
  } catch {
    // Not ours.
  }
  return new Unreachable(`${status}`);
}

// "Nothing was accepted, try again"; services learn of each other's acts over streams, so for a moment one may not know
// what another has answered.
const PASSING = new Set([429, 500, 502, 503, 504]);
const NEWS = new Set(["credential_unknown", "meeting_unknown", "roll_missing", "not_counted"]);

/** Whether the same bytes may be answered otherwise in a moment. */
export function isPassing(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Declined && (PASSING.has(error.status) || NEWS.has(error.code)));
}

interface Persistence {
  readonly signal?: AbortSignal;
  readonly failed?: (error: unknown) => void;
  readonly passing?: (error: unknown) => boolean;
  readonly tries?: number;
}

/** `act` until it is answered for good, with pauses that grow and are spread out; `failed` hears why it is tried again.
 * Throws what is final, and what still passes after `tries`. */
export async function persist<T>(act: () => Promise<T>, { signal, failed, passing = isPassing, tries = Infinity }: Persistence = {}): Promise<T> {
  for (let again = 1; ; again += 1) {
    try {
      return await act();
    } catch (error) {
      signal?.throwIfAborted();
      if (!passing(error) || again >= tries) throw error;
      failed?.(error);
      await pause(again, signal);
    }
  }
}

const FIRST_PAUSE = 150;
const LONGEST_PAUSE = 4_000;

/** Wait before the next try, longer each time, never two phones alike; cut short when the network comes back, or the eye. */
export function pause(again: number, signal?: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(again - 1, 10));
  return new Promise((done, stopped) => {
    const stop = () => { clear(); stopped(signal?.reason); };
    const wake = () => { clear(); done(); };
    const timer = setTimeout(wake, longest * (0.5 + Math.random() / 2));
    const clear = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", wake);
      globalThis.document?.removeEventListener("visibilitychange", wake);
      signal?.removeEventListener("abort", stop);
    };
    globalThis.addEventListener?.("online", wake);
    globalThis.document?.addEventListener("visibilitychange", wake);
    signal?.addEventListener("abort", stop);
  });
}
