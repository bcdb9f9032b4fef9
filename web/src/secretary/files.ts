// Files that leave the page: what was made here, and what the server gives to those who are signed in.
import type { Session } from "../line/signin.ts";

/** Give the reader of this page a file. */
export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken hold of it once the click is over.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function saveText(name: string, text: string, type: string): void {
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/** Fetch a file as this person and save it. Throws Declined, Unreachable. */
export async function saveFrom(session: Session, path: string, name: string, type: string): Promise<void> {
  saveText(name, await session.askText(path), type);
}
