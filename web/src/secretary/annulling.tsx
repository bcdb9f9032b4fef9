import { useState } from "preact/hooks";
import { secondVoid, wishedIn } from "../acts/presiding.ts";
import { Asking } from "../views/asking.tsx";
import { timeText } from "../views/times.ts";
import { own } from "../shown/state.ts";
import type { VoidWish } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, useDoing } from "./doing.tsx";
import { WORDS } from "./words.ts";

/** Wishes of others to annul a poll: this desk may be the second person who signs. What is shown is what the first has signed. */
export function Annulling({ session, shown, records }: Pick<Work, "session" | "shown" | "records">) {
  const [asked, setAsked] = useState<{ readonly wish: VoidWish; readonly reason: string }>();
  const doing = useDoing();
  const wishes = shown.wishes.filter(({ by }) => by !== session.member);
  const nameOf = (member: string) => records.members.value?.find(({ id }) => id === member)?.name ?? member;
  const titleOf = ({ poll }: VoidWish) => own(shown.polls, poll)?.title ?? poll;
  const questionOf = ({ poll }: VoidWish) => ({ id: poll, definition: own(shown.polls, poll)?.definition_sha256 ?? "" });
  // What the dialog shows is read from the signed bytes; a wish that is none is refused before it is asked about.
  const ask = (wish: VoidWish) => doing.run(async () => setAsked({ wish, reason: (await wishedIn(session, wish, questionOf(wish))).reason }), WORDS.annulAsked);
  const sign = (wish: VoidWish) => {
    setAsked(undefined);
    doing.run(() => secondVoid(session, wish, questionOf(wish)), WORDS.annulled, { title: titleOf(wish) });
  };
  return (
    <>
      {wishes.map((wish) => (
        <section key={wish.act} class="notice warn annulling" role="alert" data-poll={wish.poll}>
          <p>{say(WORDS.annulWished, { name: nameOf(wish.by), title: titleOf(wish), when: timeText(wish.at) })}</p>
          <p><strong>{say(WORDS.annulReason)}</strong> {wish.reason}</p>
          <div class="acts"><button type="button" class="danger" onClick={() => ask(wish)}>{say(WORDS.annulSecond)}</button></div>
        </section>
      ))}
      {(doing.problem !== undefined || doing.done) && <Outcome of={doing} />}
      {asked && (
        <Asking title={say(WORDS.annulAsk, { title: titleOf(asked.wish) })} confirm={say(WORDS.annulSecond)} danger onConfirm={() => sign(asked.wish)} onCancel={() => { doing.clear(); setAsked(undefined); }}>
          <p><strong>{say(WORDS.annulReason)}</strong> {asked.reason}</p>
          <p>{say(WORDS.annulMeans)}</p>
        </Asking>
      )}
    </>
  );
}
