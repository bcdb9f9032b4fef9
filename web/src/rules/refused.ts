// The facts that say something, and are not the name or the number of something.
const TOLD = /^(what|state|act|reason|role|who|stances|place)$/;
// Of no language: X.509, RSA 1024.
const SIGNS = /^[A-Z0-9][A-Z0-9 .×+#-]*$/;

// Loaded with what checks a whole certificate: a phone votes without them.
let words: { readonly [english: string]: string } = {};

/** What facts in words are called in Vietnamese, from now on. */
export function callFacts(called: typeof words): void {
  words = called;
}

/** A refusal of `docs/problems.md`: its stable code and its texts, with `{places}` for facts. */
export interface Refusal {
  readonly code: string;
  readonly vi: string;
  readonly en: string;
}

export type Facts = { readonly [name: string]: string | number };

/** What is not proven is refused, by the code that the services use too. Everything else thrown is a fault of ours. */
export class Refused extends Error {
  readonly refusal: Refusal;
  readonly facts: Facts;

  constructor(refusal: Refusal, facts: Facts = {}) {
    super(refusal.code);
    this.refusal = refusal;
    this.facts = facts;
  }

  get code(): string {
    return this.refusal.code;
  }

  /** What failed, as the refusal that wraps this one says it: its `what`, else its code. */
  get what(): string {
    return String(this.facts["what"] ?? this.code);
  }

  /** The text in a language, with its facts; in Vietnamese a fact in words that has none is left out, with its colon. */
  text(language: "vi" | "en"): string {
    return this.refusal[language].replace(/( \(|: |)\{(\w+)\}(\)?)/g, (whole, before: string, name: string, after: string) => {
      if (!Object.hasOwn(this.facts, name)) return whole;
      const fact = String(this.facts[name]);
      const said = language === "vi" && TOLD.test(name) && !SIGNS.test(fact) ? words[fact] : fact;
      return said ? before + said + after : before === " (" ? "" : after;
    });
  }
}

/** Throw this refusal. */
export function refuse(refusal: Refusal, facts: Facts = {}): never {
  throw new Refused(refusal, facts);
}

/** What `act` gives; a refusal of it becomes the one that `wrap` makes of it. */
export async function wrapping<T>(act: () => T | Promise<T>, wrap: (refused: Refused) => Refused): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof Refused ? wrap(error) : error;
  }
}
