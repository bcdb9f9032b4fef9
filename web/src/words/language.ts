import { useEffect, useState } from "preact/hooks";
import { keep, kept } from "./kept.ts";

/** A text in both languages: Vietnamese first, English beside it. */
export interface Words {
  readonly vi: string;
  readonly en: string;
}

/** The texts of a room: its `words.ts` exports `WORDS` (named one by one) and others (looked up by a value). */
export type Catalogue = { readonly [name: string]: Words };

export type Lang = "vi" | "en";

const KEPT = "plenary.lang";
const heard = new Set<(lang: Lang) => void>();
let chosen: Lang = kept(KEPT) === "en" ? "en" : "vi";
show();

/** A text of a catalogue; `{n}` in it is filled in by `say`. */
export function words(vi: string, en: string): Words {
  return { vi, en };
}

/** The text in the chosen language, with its values; a place without a value stays as it is, so that one sees it. */
export function say(text: Words, values: Readonly<Record<string, string | number>> = {}): string {
  // A text may be somebody's own, a title: "{constructor}" in it is a place, too, and stays.
  return text[chosen].replace(/\{(\w+)\}/g, (place, name: string) => String(Object.hasOwn(values, name) ? values[name] : place));
}

/** The chosen language. The page's outermost component calls it once, with its title, so that all below is drawn again on a change. */
export function useLang(title?: Words): Lang {
  const [lang, setLang] = useState(chosen);
  useEffect(() => {
    heard.add(setLang);
    setLang(chosen);
    return () => void heard.delete(setLang);
  }, []);
  useEffect(() => {
    if (title) document.title = title[lang];
  }, [title, lang]);
  return lang;
}

/** Speak this language from now on, here and the next time. */
export function speak(lang: Lang): void {
  chosen = lang;
  keep(KEPT, lang);
  show();
  for (const tell of heard) tell(lang);
}

/** The language as a locale, for dates and numbers. */
export function locale(): "vi-VN" | "en-GB" {
  return chosen === "vi" ? "vi-VN" : "en-GB";
}

function show(): void {
  if (typeof document !== "undefined") document.documentElement.lang = chosen;
}
