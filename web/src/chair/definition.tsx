import type { ComponentChildren } from "preact";
import { demandWords, quorumWords } from "../views/demand.ts";
import { Icon } from "../views/icon.tsx";
import { POLICY_WORDS } from "../views/rechecked.ts";
import { durationText } from "../views/times.ts";
import { CHOICE_WORDS, DESK_WORDS } from "../views/words.ts";
import { say, type Words } from "../words/language.ts";
import type { PollDefinition } from "../wire.ts";
import { WORDS } from "./words.ts";

/** The question exactly as it will be signed: every part of it that anybody will vote on. */
export function Definition({ of: definition, roll, present }: { of: PollDefinition; roll: number; present: number }) {
  const { rule, body } = definition;
  const quorum = say(quorumWords(rule, body, roll));
  const rows: readonly (readonly [Words, ComponentChildren])[] = [
    ...(definition.practice ? [[DESK_WORDS.practice, say(WORDS.practiceHint)] as const] : []),
    ...(definition.text ? [[WORDS.text, <span class="long">{definition.text}</span>] as const] : []),
    [WORDS.options, <ol class="options">{definition.options.map(({ choice, label, label_en }) => (
      <li class={choice} key={choice}><Icon name={choice} /><span>{label}{label_en && <span class="quiet"> / {label_en}</span>}</span><span class="unseen"> ({say(CHOICE_WORDS[choice])})</span></li>
    ))}</ol>],
    [WORDS.rule, <>{say(demandWords(rule, body, roll, present))}{quorum && <><br />{quorum}</>}</>],
    [WORDS.duration, definition.duration_s === null ? say(WORDS.noLimit) : durationText(definition.duration_s)],
    ...(definition.grace_s ? [[WORDS.grace, durationText(definition.grace_s)] as const] : []),
    ...(definition.unknown_status ? [[WORDS.unknownStatus, say(POLICY_WORDS[definition.unknown_status])] as const] : []),
    ...(definition.step_up ? [[WORDS.stepUp, say(definition.step_up.when === "required" ? WORDS.stepUpRequired : WORDS.stepUpOptional)] as const] : []),
    [WORDS.changes, say(definition.changes ? WORDS.changesYes : WORDS.changesNo)],
    ...(definition.interim === "totals" ? [[WORDS.interim, say(WORDS.interimTotals)] as const] : []),
    ...(definition.documents.length ? [[WORDS.documents, <ul>{definition.documents.map(({ title, sha256 }) => <li key={sha256}>{title} <code>{sha256.slice(0, 12)}…</code></li>)}</ul>] as const] : []),
    ...(definition.reruns ? [[WORDS.reruns, <code>{definition.reruns}</code>] as const] : []),
    ...(definition.without_quorum ? [[WORDS.withoutQuorum, <strong>{definition.without_quorum}</strong>] as const] : []),
    [WORDS.rollHash, <code>{definition.roll.slice(0, 12)}…</code>],
  ];
  return (
    <div class="definition" id="definition">
      <p class="question">{definition.title}</p>
      {definition.title_en && <p class="quiet" lang="en">{definition.title_en}</p>}
      <dl>{rows.map(([name, value]) => [<dt>{say(name)}</dt>, <dd>{value}</dd>])}</dl>
    </div>
  );
}
