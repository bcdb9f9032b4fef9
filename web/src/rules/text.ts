// Text that voters read must look like what it is: `services/rules/text.py`. What is newly said must be legible besides
// (`must_be_legible`): a server asks that, no proof does.
import * as why from "../refusals.ts";
import { refuse } from "./refused.ts";

// Invisible though letters or marks by category (Default_Ignorable_Code_Point), and the Braille blank.
const INVISIBLE = /[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u;
const REFUSED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

// Space as Python knows it: Unicode's, and the four separators of files, groups, records and units.
const BLANK = /^[\p{White_Space}\u001c-\u001f]*$/u;

/** Whether a text says nothing. Not `trim`: that takes U+FEFF for space, and neither U+0085 nor the four separators. */
export function isBlank(text: string): boolean {
  return BLANK.test(text);
}

/** Refuse with text_unclean unless `text` may be shown to voters; newlines only with `multiline`. */
export function mustBeClean(text: string, place: string, multiline = false): void {
  const dirty = (at: number, what: string) => refuse(why.TEXT_UNCLEAN, { place, at, what });
  const characters = [...text];
  if (/^\p{White_Space}/u.test(text)) dirty(1, "a space at the edge");
  if (/\p{White_Space}$/u.test(text)) dirty(characters.length, "a space at the edge");
  for (const [before, character] of characters.entries()) {
    const isSpace = /\p{Zs}/u.test(character) && character !== " " && character !== "\u00a0";
    const isLine = multiline && character === "\n";
    if (!isLine && (isSpace || REFUSED.test(character) || INVISIBLE.test(character))) {
      dirty(before + 1, `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
    }
  }
  const composed = text.normalize("NFC");
  if (composed !== text) dirty([...composed].findIndex((character, at) => character !== characters[at]) + 1, "not in Unicode normal form C");
}
