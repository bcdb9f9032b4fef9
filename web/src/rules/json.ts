import { Unshapely, shaped, type Shape } from "./shape.ts";

/** The bytes are not the JSON of such a message. */
export class NotThisMessage extends Error {}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes to a message: UTF-8, known members only, each once, integers only. Throws NotThisMessage. */
export function read<T>(raw: Uint8Array | string, shape: Shape): T {
  try {
    const text = typeof raw === "string" ? raw : utf8.decode(raw);
    const value: unknown = JSON.parse(text);
    mustBeStrict(text);
    return shaped(shape, value) as T;
  } catch (error) {
    if (error instanceof Unshapely || error instanceof SyntaxError || error instanceof TypeError) throw new NotThisMessage();
    throw error;
  }
}

/** The same, for what may be written in one way only: members in order, no spaces, defaults written out. */
export function readExactly<T>(raw: Uint8Array | string, shape: Shape): T {
  const value = read<T>(raw, shape);
  const text = typeof raw === "string" ? raw : utf8.decode(raw);
  if (write(value) !== text) throw new NotThisMessage();
  return value;
}

/** A message as text, in the one form in which Plenary writes it; `value` has its members in order. */
export function write(value: unknown): string {
  return JSON.stringify(value);
}


// The pieces of a text that is known to be JSON: strings, numbers, brackets, commas, words.
const PIECES = /"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*|[{}[\],:]|[a-z]+/g;

/** Throws SyntaxError for a number that is not a whole one, or a member twice: JSON.parse takes both without a word. */
function mustBeStrict(text: string): void {
  for (const [piece] of text.matchAll(PIECES)) if (/^-?[0-9]/.test(piece) && !/^-?[0-9]{1,16}$/.test(piece)) throw new SyntaxError("not an integer");
  mustBeSingle(text);
}

/** Throws SyntaxError for a member twice, in a text that is known to be JSON. */
export function mustBeSingle(text: string): void {
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (const [piece] of text.matchAll(PIECES)) {
    const names = open.at(-1);
    if (piece === "{") open.push(new Set());
    else if (piece === "[") open.push(null);
    else if (piece === "}" || piece === "]") open.pop();
    else if (piece[0] === '"' && isName && names) mustBeNew(names, JSON.parse(piece) as string);
    isName = piece === "{" || (piece === "," && open.at(-1) !== null);
  }
}

function mustBeNew(names: Set<string>, name: string): void {
  if (names.has(name)) throw new SyntaxError("a member twice");
  names.add(name);
}
