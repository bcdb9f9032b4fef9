// Files that leave the page: what was made here, and what the server gives to those who are signed in.
import type { Session } from "../line/signin.ts";
import { saveBlob } from "../views/saving.ts";

export function saveText(name: string, text: string, type: string): void {
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/** Fetch a file as this person and save it. Throws Declined, Unreachable. */
export async function saveFrom(session: Session, path: string, name: string, type: string): Promise<void> {
  saveText(name, await session.askText(path), type);
}
