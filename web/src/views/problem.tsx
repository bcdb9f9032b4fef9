import { NothingKept } from "../keys/shelf.ts";
import { Declined, Unreachable } from "../line/server.ts";
import { Refused } from "../rules/refused.ts";
import { say, type Words } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** What went wrong, in both languages, with the stable code of `docs/problems.md` if it has one. */
export function problemOf(error: unknown): Words & { readonly code: string } {
  if (error instanceof Declined) return { vi: error.vi, en: error.en || error.vi, code: error.code };
  if (error instanceof Refused) return { vi: error.text("vi"), en: error.text("en"), code: error.code };
  if (error instanceof Unreachable) return { ...WORDS.unreachable, code: "" };
  if (error instanceof NothingKept) return { ...WORDS.nothingKept, code: "" };
  // The File API's own (https://www.w3.org/TR/FileAPI/): it was moved, changed meanwhile, or may not be read.
  if (error instanceof DOMException && ["NotFoundError", "NotReadableError", "SecurityError"].includes(error.name)) return { ...WORDS.fileUnread, code: "" };
  return { ...WORDS.fault, code: "" };
}

/** A refusal as people read it: the text, and small beside it the code that one can ask for help with. */
export function Problem({ of }: { of: unknown }) {
  const { code, ...text } = problemOf(of);
  return (
    <div class="notice bad" role="alert" data-code={code}>
      <p>{say(text)}</p>
      {code && <p><code>{code}</code></p>}
    </div>
  );
}
