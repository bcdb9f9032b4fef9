import { useEffect, useState } from "preact/hooks";
import { checkQuestion, type Asked } from "../acts/question.ts";
import { persist } from "../line/server.ts";
import type { Session } from "../line/signin.ts";
import type { PollDefinition, PollShown } from "../wire.ts";
import { locale, say, type Words } from "../words/language.ts";
import { WORDS } from "./words.ts";

export interface Checked {
  readonly asked?: Asked;
  readonly error?: unknown;
}

/** The question of an open poll, checked anew whenever what is shown of it changes; asked again until it is answered. */
export function useQuestion(session: Session, poll: PollShown, tries: number): Checked {
  const [checked, setChecked] = useState<Checked & { readonly of?: string }>({});
  const of = `${tries} ${poll.title} ${poll.definition_sha256} ${poll.definition}`;
  useEffect(() => {
    if (!poll.definition) return undefined;
    const leaving = new AbortController();
    persist(() => checkQuestion(session, poll), { signal: leaving.signal }).then(
      (asked) => setChecked({ asked, of }),
      (error: unknown) => !leaving.signal.aborted && setChecked({ error, of }),
    );
    return () => leaving.abort();
  }, [session, of]);
  return checked.of === of ? checked : {};
}

/** The question in full, out of the signed bytes: title, text, papers; once the ballot is signed, its title. */
export function Question({ definition, brief = false }: { definition: PollDefinition; brief?: boolean }) {
  const isEnglish = locale() === "en-GB" && definition.title_en;
  return (
    <>
      <p class="question-title" lang="vi">{definition.title}</p>
      {isEnglish && <p class="quiet" lang="en">{definition.title_en}</p>}
      {!brief && <Text text={definition.text} />}
      {!brief && definition.documents.length > 0 && (
        <div>
          <h3>{say(WORDS.papers)}</h3>
          <ul class="papers">{definition.documents.map(({ title, sha256 }) => <li key={sha256}>{title}<br /><code class="quiet">{sha256}</code></li>)}</ul>
        </div>
      )}
    </>
  );
}

// So much stands above the buttons; what is longer is one press away, so that all three are in sight.
const SHORT = 160;

function Text({ text }: { text: string }) {
  if (!text) return null;
  if (text.length <= SHORT) return <p class="question-text" lang="vi">{text}</p>;
  return <details><summary>{say(WORDS.wholeText)}</summary><p class="question-text" lang="vi">{text}</p></details>;
}

/** The words of a choice, as signed; in English with the chair's own translation beside them. */
export function Label({ option }: { option: PollDefinition["options"][number] }) {
  return (
    <>
      <span lang="vi">{option.label}</span>
      {locale() === "en-GB" && option.label_en && <span lang="en" class="translated"> {option.label_en}</span>}
    </>
  );
}

/** Something that cannot be believed: what it is, what to do, and the code to ask for help with. */
export function Alarm({ of, code, again }: { of: Words; code: string; again: () => void }) {
  return (
    <section class="sheet alarm" role="alert" data-alarm={code}>
      <h2 tabIndex={-1}>{say(WORDS.alarm)}</h2>
      <p class="alarm-what">{say(of)}</p>
      <p>{say(WORDS.alarmDo)}</p>
      <p><code>{code}</code></p>
      <button type="button" onClick={again}>{say(WORDS.alarmAgain)}</button>
    </section>
  );
}
