import { speak, useLang } from "../words/language.ts";

/** The other language, by its own name: one press changes all that is on the screen. */
export function LanguageSwitch() {
  const other = useLang() === "vi" ? "en" : "vi";
  return (
    <button type="button" class="plain language" lang={other} onClick={() => speak(other)}>
      {other === "en" ? "English" : "Tiếng Việt"}
    </button>
  );
}
