import { say, type Words } from "../words/language.ts";
import { CODE_WORDS } from "./code_words.ts";

/** The four digits that stand in the service's app, too: whoever confirms compares them. `others`: of what is signed with it in one. */
export function Code({ code, service, of, others = [] }: { code: string; service: string; of?: Words; others?: readonly { readonly of: Words; readonly code: string }[] }) {
  return (
    <div class="code-box">
      <p>{say(others.length ? CODE_WORDS.openSeveral : CODE_WORDS.open, { service })}</p>
      {[{ of: of ?? CODE_WORDS.code, code }, ...others].map((each) => (
        <p key={each.code} class="code-figures"><span class={of ? "" : "unseen"}>{say(each.of)}: </span><strong data-code={each.code}>{each.code}</strong></p>
      ))}
      <p>{say(CODE_WORDS.compare)}</p>
    </div>
  );
}
