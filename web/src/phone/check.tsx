import { useState } from "preact/hooks";
import { Problem } from "../views/problem.tsx";
import { say, type Words } from "../words/language.ts";
import { WORDS } from "./words.ts";

interface Check<T> {
  /** Fetches a certificate and proves something by it. */
  readonly check: () => Promise<T>;
  readonly name: Words;
  /** What was proven, in words. */
  readonly proven: (found: T) => string;
}

type Found<T> = { readonly at: "none" | "working" } | { readonly at: "proven"; readonly what: T } | { readonly at: "wrong"; readonly error: unknown };

/** A check that one asks for, as a whole certificate is large: its button, and what came of it. */
export function Check<T>({ check, name, proven }: Check<T>) {
  const [found, setFound] = useState<Found<T>>({ at: "none" });
  const isWorking = found.at === "working";
  const begin = () => {
    if (isWorking) return;
    setFound({ at: "working" });
    check().then((what) => setFound({ at: "proven", what }), (error: unknown) => setFound({ at: "wrong", error }));
  };
  if (found.at === "proven") return <p class="notice good" role="status">{proven(found.what)}</p>;
  return (
    <>
      {found.at === "wrong" && <Problem of={found.error} />}
      <button type="button" aria-disabled={isWorking} onClick={begin}>{say(isWorking ? WORDS.rechecking : name)}</button>
    </>
  );
}
