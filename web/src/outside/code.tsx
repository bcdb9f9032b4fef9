import { say, type Words } from "../words/language.ts";
import { CODE_WORDS } from "./code_words.ts";

interface Figures {
  readonly code: string;
  readonly service: string;
  readonly of?: Words;
  readonly page?: string | undefined;
  readonly anotherPage?: ((page: string) => void) | undefined;
  readonly others?: readonly { readonly of: Words; readonly code: string }[];
}

/** The four digits that stand in the service's app, too: whoever confirms compares them. `page`: where it is confirmed, if the service asks on a
 * page of its own; `anotherPage`: get another in place of one that cannot be used any more; `others`: of what is signed with it in one. */
export function Code({ code, service, of, page, anotherPage, others = [] }: Figures) {
  return (
    <div class="code-box">
      <p>{say(page ? CODE_WORDS.openPage : others.length ? CODE_WORDS.openSeveral : CODE_WORDS.open, { service })}</p>
      {[{ of: of ?? CODE_WORDS.code, code }, ...others].map((each) => (
        <p key={each.code} class="code-figures"><span class={of ? "" : "unseen"}>{say(each.of)}: </span><strong data-code={each.code}>{each.code}</strong></p>
      ))}
      <p>{say(CODE_WORDS.compare)}</p>
      {page && <p><a class="button primary wide" data-act="page" href={page} target="_blank" rel="noopener noreferrer">{say(CODE_WORDS.page, { service })}</a></p>}
      {page && <p class="quiet">{say(CODE_WORDS.pageMeans, { service })}</p>}
      {page && anotherPage && <p><button type="button" class="plain wide" data-act="another-page" onClick={() => anotherPage(page)}>{say(CODE_WORDS.anotherPage)}</button></p>}
    </div>
  );
}
