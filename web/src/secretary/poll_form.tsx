import { useState } from "preact/hooks";
import { durationText } from "../views/times.ts";
import type { Body, Document, DraftShown, PollDraft } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, type Doing } from "./doing.tsx";
import { freshId } from "./order.ts";
import { Labels, RuleChoice } from "./rule_choice.tsx";
import { WORDS } from "./words.ts";

/** What a form says of a draft; what it leaves out the preset adds. */
export type Drafted = Omit<PollDraft, "id" | "rule" | "interim" | "reruns"> & { readonly id: string };

interface PollFormOf {
  readonly work: Work;
  readonly body: Body;
  readonly doing: Doing;
  /** The draft that is changed; none while a new one is written. */
  readonly seen: DraftShown | undefined;
  readonly keep: (draft: Drafted) => void;
  readonly leave: () => void;
}

/** The seconds that are offered; 0: no clock closes the vote. */
const DURATIONS = [30, 60, 90, 120, 180, 300, 600, 0] as const;
const GRACES = [0, 10, 20, 30, 60] as const;

/** A question being prepared: what is asked, by which rule, for how long. The form sent twice makes one poll. */
export function PollForm({ work: { records, shown }, body, doing, seen, keep, leave }: PollFormOf) {
  const before = seen?.draft;
  const profiles = records.profiles.value ?? [];
  const chairs = (records.members.value ?? []).filter(({ roles }) => roles.includes("chair"));
  const [id] = useState(() => before?.id ?? freshId("bq"));
  const [profileId, setProfileId] = useState(before?.profile ?? body.profile);
  const profile = profiles.find((each) => each.id === profileId) ?? profiles[0];
  const papers = papersOf(shown.agenda, before?.documents ?? []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").normalize("NFC").trim();
    keep({
      id, title: text("title"), title_en: text("title_en"), text: text("text"), presiding: text("presiding"), profile: profileId,
      documents: papers.filter(({ sha256 }) => form.getAll("document").includes(sha256)),
      options: (profile?.options ?? []).map((option) => ({ ...option, label: text(`label-${option.choice}`) || option.label })),
      duration_s: Number(form.get("duration")) || null, changes: form.has("changes"), practice: form.has("practice"), item: text("item"), grace_s: Number(form.get("grace")),
      // Left out, they count: so a question that has nothing to say of it is written as it always was.
      ...(form.get("unknown-status") === "exclude" && { unknown_status: "exclude" }),
      ...(form.get("step-up") && { step_up: form.get("step-up") as NonNullable<PollDraft["step_up"]> }),
    });
  };
  const own = before && before.profile === profileId;
  const seconds = before ? (before.duration_s ?? 0) : (profile?.duration_s ?? 60);
  const durations = DURATIONS.includes(seconds as 60) ? DURATIONS : [seconds, ...DURATIONS];
  return (
    <form class="sheet" id="poll-form" onSubmit={submit} aria-labelledby="poll-form-title">
      <h3 id="poll-form-title">{say(before ? WORDS.editPoll : WORDS.addPoll)}</h3>
      <div class="field"><label for="poll-title">{say(WORDS.pollTitle)}</label><input id="poll-title" name="title" required maxLength={500} autofocus defaultValue={before?.title ?? ""} aria-describedby="poll-title-hint" /><p class="hint" id="poll-title-hint">{say(WORDS.pollTitleHint)}</p></div>
      <div class="field"><label for="poll-title-en">{say(WORDS.pollTitleEn)}</label><input id="poll-title-en" name="title_en" maxLength={500} lang="en" defaultValue={before?.title_en ?? ""} /></div>
      <div class="field"><label for="poll-text">{say(WORDS.pollText)}</label><textarea id="poll-text" name="text" rows={3} maxLength={20000} defaultValue={before?.text ?? ""} /></div>
      <div class="pair">
        <div class="field"><label for="poll-presiding">{say(WORDS.presiding)}</label><select id="poll-presiding" name="presiding" required>{chairs.map(({ id: member, name }) => <option key={member} value={member} selected={member === before?.presiding}>{name}</option>)}</select></div>
        <div class="field"><label for="poll-duration">{say(WORDS.duration)}</label><select id="poll-duration" name="duration" key={profileId}>{durations.map((each) => <option key={each} value={each} selected={each === seconds}>{each ? durationText(each) : say(WORDS.noClock)}</option>)}</select></div>
        <div class="field"><label for="poll-item">{say(WORDS.ofItem)}</label><select id="poll-item" name="item"><option value="">{say(WORDS.noItem)}</option>{shown.agenda.map((item) => <option key={item.id} value={item.id} selected={item.id === before?.item}>{item.title}</option>)}</select></div>
      </div>
      {!chairs.length && <p class="notice warn">{say(WORDS.noChair)}</p>}
      <RuleChoice {...{ profiles, profile, body }} roll={records.frozen?.entries.length ?? 0} choose={setProfileId} />
      <Papers papers={papers} chosen={before?.documents ?? []} />
      <Grace seconds={before?.grace_s ?? 0} />
      <UnknownStatus policy={before?.unknown_status ?? "count"} />
      <StepUp when={before?.step_up ?? ""} />
      <Labels key={`${profileId}-labels`} options={(own ? before.options : undefined) ?? profile?.options ?? []} />
      <label class="check"><input type="checkbox" name="changes" key={`${profileId}-changes`} defaultChecked={(own ? before.changes : undefined) ?? profile?.changes ?? false} /><span>{say(WORDS.changesAllowed)}</span></label>
      <label class="check practice"><input type="checkbox" name="practice" defaultChecked={before?.practice ?? false} /><span>{say(WORDS.practiceMeans)}</span></label>
      <Outcome of={doing} />
      <div class="acts"><button type="submit" class="primary" aria-disabled={doing.busy || !chairs.length} disabled={!chairs.length}>{say(WORDS.keepPoll)}</button><button type="button" onClick={leave}>{say(WORDS.discard)}</button></div>
    </form>
  );
}

/** How long the cut waits for ballots that services outside are signing. */
function Grace({ seconds }: { seconds: number }) {
  const graces = GRACES.includes(seconds as 0) ? GRACES : [seconds, ...GRACES];
  return (
    <div class="field">
      <label for="poll-grace">{say(WORDS.grace)}</label>
      <select id="poll-grace" name="grace" aria-describedby="poll-grace-hint">{graces.map((each) => <option key={each} value={each} selected={each === seconds}>{each ? durationText(each) : say(WORDS.noGrace)}</option>)}</select>
      <p class="hint" id="poll-grace-hint">{say(WORDS.graceHint)}</p>
    </div>
  );
}

/** What becomes of ballots of whose outside certificates nobody can tell at the close. */
function UnknownStatus({ policy }: { policy: NonNullable<PollDraft["unknown_status"]> }) {
  return (
    <div class="field">
      <label for="poll-unknown">{say(WORDS.unknownStatus)}</label>
      <select id="poll-unknown" name="unknown-status" aria-describedby="poll-unknown-hint">
        <option value="count" selected={policy === "count"}>{say(WORDS.unknownCounts)}</option>
        <option value="exclude" selected={policy === "exclude"}>{say(WORDS.unknownExcluded)}</option>
      </select>
      <p class="hint" id="poll-unknown-hint">{say(WORDS.unknownStatusHint)}</p>
    </div>
  );
}

/** Whether ballots are confirmed with passkeys. */
function StepUp({ when }: { when: NonNullable<PollDraft["step_up"]> | "" }) {
  return (
    <div class="field">
      <label for="poll-step-up">{say(WORDS.stepUp)}</label>
      <select id="poll-step-up" name="step-up" aria-describedby="poll-step-up-hint">
        <option value="" selected={when === ""}>{say(WORDS.stepUpNone)}</option>
        <option value="optional" selected={when === "optional"}>{say(WORDS.stepUpOptional)}</option>
        <option value="required" selected={when === "required"}>{say(WORDS.stepUpRequired)}</option>
      </select>
      <p class="hint" id="poll-step-up-hint">{say(WORDS.stepUpHint)}</p>
    </div>
  );
}

function Papers({ papers, chosen }: { papers: readonly Document[]; chosen: readonly Document[] }) {
  if (!papers.length) return null;
  return (
    <fieldset class="checks">
      <legend>{say(WORDS.papersVotedOn)}</legend>
      {papers.map(({ title, sha256 }) => (
        <label key={sha256} class="check"><input type="checkbox" name="document" value={sha256} defaultChecked={chosen.some((paper) => paper.sha256 === sha256)} /><span>{title} <code>{sha256.slice(0, 10)}…</code></span></label>
      ))}
    </fieldset>
  );
}

/** Every paper of the agenda, and those already chosen, each once. */
function papersOf(agenda: Work["shown"]["agenda"], chosen: readonly Document[]): Document[] {
  return [...new Map([...chosen, ...agenda.flatMap(({ documents }) => documents)].map((paper) => [paper.sha256, paper])).values()];
}
