import { Icon, type IconName } from "../views/icon.tsx";
import { say } from "../words/language.ts";
import type { PollShown } from "../wire.ts";
import { Fitted } from "./fitted.tsx";
import { isSigned, type Question } from "./question.ts";
import { WORDS } from "./words.ts";

/** What goes on, in a word or two above the scene. */
export function Kicker({ children, class: name = "", icon }: { children: string; class?: string; icon?: IconName }) {
  return <p class={`kicker ${name}`} role="status">{icon && <Icon name={icon} />}<span>{children}</span></p>;
}

/** The question's title, as large as there is room: as the chair signed it; until that is proven one sees that it is not yet. */
export function TitleOf({ poll, question, most = 3.2 }: { poll: PollShown; question: Question | undefined; most?: number }) {
  return <Fitted as="h2" class="question" most={most} least={0.8}>{question ? say(question.title) : isSigned(poll) ? say(WORDS.checking) : poll.title}</Fitted>;
}
