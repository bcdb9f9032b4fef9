import { say } from "../words/language.ts";
import { CODE_WORDS } from "./code_words.ts";

/** The four digits that stand in the service's app, too: whoever confirms compares them. */
export function Code({ code, service }: { code: string; service: string }) {
  return (
    <div class="code-box">
      <p>{say(CODE_WORDS.open, { service })}</p>
      <p class="code-figures"><span class="unseen">{say(CODE_WORDS.code)}: </span><strong data-code={code}>{code}</strong></p>
      <p>{say(CODE_WORDS.compare)}</p>
    </div>
  );
}
