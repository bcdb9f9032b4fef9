// That somebody may preside is the server's word: a certificate says who they are, not what they are. So a phone remembers under whom
// it was asked, and somebody new is said to be new before anybody votes.
import { put, take } from "../keys/shelf.ts";
import type { Signer } from "./house.ts";

type Presided = Pick<Signer, "member" | "name">;

/** The names of those who presided over votes of a meeting as this phone knows them, if the person presiding now is not among them; the
 * first of all is believed. Throws NothingKept. */
export async function presidedInstead(meeting: string, presiding: Presided): Promise<readonly string[]> {
  const known = await presided(meeting);
  if (!known.length) await acceptPresiding(meeting, presiding);
  return known.some(({ member }) => member === presiding.member) ? [] : known.map(({ name }) => name);
}

/** Somebody has voted under this person: from now on they are known. Throws NothingKept. */
export async function acceptPresiding(meeting: string, { member, name }: Presided): Promise<void> {
  const known = await presided(meeting);
  if (!known.some((each) => each.member === member)) await put("pins", nameOf(meeting), [...known, { member, name }]);
}

async function presided(meeting: string): Promise<readonly Presided[]> {
  return (await take<readonly Presided[]>("pins", nameOf(meeting))) ?? [];
}

const nameOf = (meeting: string) => `presided ${meeting}`;
