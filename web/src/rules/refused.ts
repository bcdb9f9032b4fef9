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

  /** The text in a language, with its facts. */
  text(language: "vi" | "en"): string {
    return this.refusal[language].replace(/\{(\w+)\}/g, (place, name: string) => String(Object.hasOwn(this.facts, name) ? this.facts[name] : place));
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
