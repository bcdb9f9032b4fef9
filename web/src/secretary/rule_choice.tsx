import { demandWords, quorumWords } from "../views/demand.ts";
import type { Body, Option, Profile } from "../wire.ts";
import { say } from "../words/language.ts";
import { CHOICE_LABEL_WORDS, WORDS } from "./words.ts";

interface RuleChoiceOf {
  readonly profiles: readonly Profile[];
  readonly profile: Profile | undefined;
  readonly body: Body;
  readonly roll: number;
  readonly choose: (id: string) => void;
}

/** The preset, and in words what it means in this body. */
export function RuleChoice({ profiles, profile, body, roll, choose }: RuleChoiceOf) {
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

/** The words on the three buttons; they are signed with every ballot. */
export function Labels({ options }: { options: readonly Option[] }) {
  return (
    <details>
      <summary>{say(WORDS.labels)}</summary>
      <div class="pair">
        {options.map(({ choice, label }) => <div key={choice} class="field"><label for={`label-${choice}`}>{say(CHOICE_LABEL_WORDS[choice])}</label><input id={`label-${choice}`} name={`label-${choice}`} defaultValue={label} maxLength={500} /></div>)}
      </div>
    </details>
  );
}
