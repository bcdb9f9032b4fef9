// Whose ballot is looked for: by a name, a member's id, a seat, or the code that a phone showed; all of it found here.
import { plainCode } from "../acts/enrol.ts";
import { codeOf } from "../acts/own_votes.ts";
import type { Proven } from "../rules/certificate.ts";
import { matches, plain } from "../views/search.ts";
import type { Roll } from "../wire.ts";

export type Entry = Roll["entries"][number];

/** Who is meant, in the order of the roll. `replaced`: the code is of a ballot that its voter changed later. */
export interface Sought {
  readonly entries: readonly Entry[];
  readonly replaced: boolean;
}

/** What a proven certificate is searched by: who cast the ballot of each code, and whether it counts. */
export interface Codes {
  readonly [code: string]: readonly { readonly member: string; readonly counts: boolean }[];
}

/** The codes of all ballots, also of those that were replaced. Of 40 bits, two ballots may have one. */
export function codesOf({ votes, replaced }: Pick<Proven, "votes" | "replaced">): Codes {
  const codes: { [code: string]: { member: string; counts: boolean }[] } = {};
  const add = (sha256: string, member: string, counts: boolean) => (codes[plainCode(codeOf({ sha256 }))] ??= []).push({ member, counts });
  for (const [member, { sha256 }] of votes) add(sha256, member, true);
  for (const [sha256, member] of replaced) add(sha256, member, false);
  return codes;
}

/** Those whom the typed text names: an id, a seat or a code names exactly, a name by the beginnings of its words, with or without marks. */
export function seek(entries: readonly Entry[], codes: Codes, typed: string): Sought {
  const text = plain(typed.trim());
  if (!text) return { entries: [], replaced: false };
  const cast = Object.hasOwn(codes, plainCode(typed)) ? (codes[plainCode(typed)] ?? []) : [];
  const exact = entries.filter(({ member, seat }) => plain(member) === text || plain(seat) === text || cast.some((one) => one.member === member));
  if (exact.length) return { entries: exact, replaced: cast.length > 0 && cast.every(({ counts }) => !counts) };
  return { entries: entries.filter(({ name }) => matches(name, typed)), replaced: false };
}
