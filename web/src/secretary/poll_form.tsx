import { useState } from "preact/hooks";
import { demandWords, quorumWords } from "../views/demand.ts";
import type { Body, Document, Option, Profile } from "../wire.ts";
import { say } from "../words/language.ts";
import type { Work } from "./desk.tsx";
import { Outcome, type Doing } from "./doing.tsx";
import { freshId } from "./order.ts";
import { CHOICE_LABEL_WORDS, WORDS } from "./words.ts";

interface PollFormOf {
  readonly work: Work;
  readonly body: Body;
  readonly doing: Doing;
  readonly keep: (draft: object) => void;
  readonly leave: () => void;
}

/** The seconds that are offered; 0: no clock closes the vote. */
const DURATIONS = [30, 60, 90, 120, 180, 300, 600, 0] as const;

/** A question being prepared: what is asked, by which rule, for how long. The form sent twice makes one poll. */
export function PollForm({ work: { records, shown }, body, doing, keep, leave }: PollFormOf) {
  const profiles = records.profiles.value ?? [];
  const chairs = (records.members.value ?? []).filter(({ roles }) => roles.includes("chair"));
  const [id] = useState(() => freshId("bq"));
  const [profileId, setProfileId] = useState(body.profile);
  const profile = profiles.find((each) => each.id === profileId) ?? profiles[0];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").normalize("NFC").trim();
    keep({
      id, title: text("title"), title_en: text("title_en"), text: text("text"), presiding: text("presiding"), profile: profileId,
      documents: papersOf(shown.agenda).filter(({ sha256 }) => form.getAll("document").includes(sha256)),
      options: (profile?.options ?? []).map((option) => ({ ...option, label: text(`label-${option.choice}`) || option.label })),
      duration_s: Number(form.get("duration")) || null, changes: form.has("changes"),
    });
  };
  return (
    <form class="sheet" id="poll-form" onSubmit={submit} aria-labelledby="poll-form-title">
      <h3 id="poll-form-title">{say(WORDS.addPoll)}</h3>
      <div class="field"><label for="poll-title">{say(WORDS.pollTitle)}</label><input id="poll-title" name="title" required maxLength={500} autofocus aria-describedby="poll-title-hint" /><p class="hint" id="poll-title-hint">{say(WORDS.pollTitleHint)}</p></div>
      <div class="field"><label for="poll-title-en">{say(WORDS.pollTitleEn)}</label><input id="poll-title-en" name="title_en" maxLength={500} lang="en" /></div>
      <div class="field"><label for="poll-text">{say(WORDS.pollText)}</label><textarea id="poll-text" name="text" rows={3} maxLength={20000} /></div>
      <div class="pair">
        <div class="field"><label for="poll-presiding">{say(WORDS.presiding)}</label><select id="poll-presiding" name="presiding" required>{chairs.map(({ id: member, name }) => <option key={member} value={member}>{name}</option>)}</select></div>
        <div class="field"><label for="poll-duration">{say(WORDS.duration)}</label><select id="poll-duration" name="duration" key={profileId} defaultValue={String(profile?.duration_s ?? 60)}>{DURATIONS.map((seconds) => <option key={seconds} value={seconds} selected={seconds === (profile?.duration_s ?? 60)}>{durationText(seconds)}</option>)}</select></div>
      </div>
      {!chairs.length && <p class="notice warn">{say(WORDS.noChair)}</p>}
      <RuleChoice {...{ profiles, profile, body }} roll={records.frozen?.entries.length ?? 0} choose={setProfileId} />
      <Papers papers={papersOf(shown.agenda)} />
      <Labels options={profile?.options ?? []} />
      <label class="check"><input type="checkbox" name="changes" key={`${profileId}-changes`} defaultChecked={profile?.changes ?? false} /><span>{say(WORDS.changesAllowed)}</span></label>
      <Outcome of={doing} />
      <div class="acts"><button type="submit" class="primary" aria-disabled={doing.busy || !chairs.length} disabled={!chairs.length}>{say(WORDS.keepPoll)}</button><button type="button" onClick={leave}>{say(WORDS.discard)}</button></div>
    </form>
  );
}

/** The preset, and in words what it means in this body. */
function RuleChoice({ profiles, profile, body, roll, choose }: { profiles: readonly Profile[]; profile: Profile | undefined; body: Body; roll: number; choose: (id: string) => void }) {
  return (
    <div class="field">
      <label for="poll-profile">{say(WORDS.rule)}</label>
      <select id="poll-profile" value={profile?.id ?? ""} aria-describedby="poll-rule" onChange={(event) => choose(event.currentTarget.value)}>
        {profiles.map(({ id, name, name_en }) => <option key={id} value={id}>{say({ vi: name, en: name_en || name })}</option>)}
      </select>
      {profile && (
        <ul class="means" id="poll-rule">
          <li>{say(demandWords(profile.rule, body, roll, 0))}</li>
          <li>{profile.rule.quorum ? say(quorumWords(profile.rule, body, roll)) : say(WORDS.noQuorum)}</li>
          <li>{say(profile.rule.tie === "chair" ? WORDS.tieChair : WORDS.tieFails)}</li>
        </ul>
      )}
    </div>
  );
}

function Papers({ papers }: { papers: readonly Document[] }) {
  if (!papers.length) return null;
  return (
    <fieldset class="checks">
      <legend>{say(WORDS.papersVotedOn)}</legend>
      {papers.map(({ title, sha256 }) => <label key={sha256} class="check"><input type="checkbox" name="document" value={sha256} /><span>{title} <code>{sha256.slice(0, 10)}…</code></span></label>)}
    </fieldset>
  );
}

/** The words on the three buttons; they are signed with every ballot. */
function Labels({ options }: { options: readonly Option[] }) {
  return (
    <details>
      <summary>{say(WORDS.labels)}</summary>
      <div class="pair">
        {options.map(({ choice, label }) => <div key={choice} class="field"><label for={`label-${choice}`}>{say(CHOICE_LABEL_WORDS[choice])}</label><input id={`label-${choice}`} name={`label-${choice}`} defaultValue={label} maxLength={500} /></div>)}
      </div>
    </details>
  );
}

/** Every paper of the agenda, each once. */
function papersOf(agenda: Work["shown"]["agenda"]): Document[] {
  return [...new Map(agenda.flatMap(({ documents }) => documents).map((paper) => [paper.sha256, paper])).values()];
}

function durationText(seconds: number): string {
  if (!seconds) return say(WORDS.noClock);
  return seconds % 60 ? say(WORDS.seconds, { n: seconds }) : say(WORDS.minutes, { n: seconds / 60 });
}
