import type { Body, Decision, Option } from "../wire.ts";
import { say, useLang, type Words } from "../words/language.ts";
import { Glyph } from "./glyph.tsx";
import { shareWords } from "./shares.ts";
import { CHOICE_WORDS, SIGN_WORDS, WORDS } from "./words.ts";

interface BarsOf {
  readonly decision: Decision;
  readonly body: Pick<Body, "noun" | "noun_en">;
  /** The choices as they were offered, in their order and with their labels; all three by their usual names if left out. */
  readonly options?: readonly Option[];
}

const CHOICES = ["approve", "reject", "abstain"] as const;

/** A result as bars over all on the roll, each with its number and its share, which names its base; a mark shows what was needed. */
export function Bars({ decision, body, options }: BarsOf) {
  useLang();
  const { counts, roll, participating, needed } = decision;
  const order = options?.length ? options.map(({ choice }) => choice) : CHOICES;
  const rows = [
    ...order.map((choice) => ({ sign: choice, count: counts[choice], name: labelOf(options, choice) })),
    { sign: "none" as const, count: roll - participating, name: SIGN_WORDS.none },
  ];
  return (
    <ul class="bars">
      {rows.map(({ sign, count, name }) => (
        <li key={sign} class={sign} data-sign={sign}>
          <p class="said"><Glyph of={sign} /><span class="name">{say(name)}</span>{sign === "approve" && <span class="threshold number">{say(WORDS.neededMark, { n: needed })}</span>}<strong class="number">{count}</strong></p>
          <Bar count={count} roll={roll} mark={sign === "approve" ? needed : undefined} />
          <p class="share number">{say(shareWords(count, "roll", roll, body))}</p>
        </li>
      ))}
    </ul>
  );
}

function Bar({ count, roll, mark }: { count: number; roll: number; mark?: number | undefined }) {
  const part = (value: number) => `${roll ? (100 * value) / roll : 0}%`;
  return (
    <span class="bar">
      <span class="fill" style={{ width: part(count) }} />
      {mark !== undefined && mark <= roll && <span class="needed" style={{ left: part(mark) }} />}
    </span>
  );
}

function labelOf(options: readonly Option[] | undefined, choice: (typeof CHOICES)[number]): Words {
  const option = options?.find((each) => each.choice === choice);
  return option ? { vi: option.label, en: option.label_en || CHOICE_WORDS[choice].en } : CHOICE_WORDS[choice];
}
