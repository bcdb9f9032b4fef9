import type { Identity, Role } from "../keys/identity.ts";
import { say } from "../words/language.ts";
import { ROLE_WORDS, WORDS } from "./words.ts";

/** Roles in words, the weightiest first: "Chủ tọa, Đại biểu". */
export function rolesText(roles: readonly Role[]): string {
  return (Object.keys(ROLE_WORDS) as Role[]).filter((role) => roles.includes(role)).map((role) => say(ROLE_WORDS[role])).join(", ");
}

/** Whose keys are on this device, to choose one, or to join as somebody else. */
export function Who({ people, chosen, other }: { people: readonly Identity[]; chosen: (identity: Identity) => void; other: () => void }) {
  return (
    <section class="sheet" aria-labelledby="who">
      <h2 id="who">{say(WORDS.who)}</h2>
      <ul class="people">
        {people.map((one) => (
          <li key={one.thumbprint}>
            <button type="button" onClick={() => chosen(one)}>
              <span>{one.name}</span>
              <span class="quiet">{rolesText(one.roles) || one.member}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="plain" onClick={other}>{say(WORDS.joinAsOther)}</button>
    </section>
  );
}
