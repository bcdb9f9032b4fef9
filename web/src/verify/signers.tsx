import type { PaperKind, Place, Signer } from "../rules/countersigned.ts";
import { dateText, timeText } from "../views/times.ts";
import { say, words, type Words } from "../words/language.ts";
import { WORDS } from "./words.ts";

const PLACE_WORDS: { readonly [place in Place]: Words } = {
  secretary: words("Thư ký", "Secretary"),
  chair: words("Chủ tọa", "Chair"),
  seal: words("Con dấu số của cơ quan", "The body's seal"),
};

/** Who signed a certificate.signed.json or minutes.signed.json, as what and when; and what of it this page has not looked at.
 * `presiding`: who is to sign as chair, "" where any chair may. */
export function Signers({ kind, signers, presiding, nameOf }: { kind: PaperKind; signers: readonly Signer[]; presiding: string; nameOf: (member: string) => string }) {
  const chair = signers.find(({ place }) => place === "chair");
  return (
    <section class="about" id="signers" aria-labelledby="signers-title">
      <h2 id="signers-title">{say(WORDS.signers)}</h2>
      <dl>
        {signers.map(({ place, member, at }) => [
          <dt>{say(PLACE_WORDS[place])}</dt>,
          <dd data-place={place}>{member && <><strong>{nameOf(member)}</strong> ({member}), </>}{say(WORDS.signedAt, { at: `${timeText(at * 1000)}, ${dateText(at * 1000)}` })}</dd>,
        ])}
      </dl>
      {chair && presiding && chair.member !== presiding && <p class="notice warn">{say(kind === "minutes" ? WORDS.otherPresiding : WORDS.otherChair)}</p>}
      <p class="quiet">{say(signers.every(({ stamped }) => stamped) ? WORDS.stampsUnchecked : WORDS.unstamped, { file: kind })}</p>
    </section>
  );
}
