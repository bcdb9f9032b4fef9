import { Problem } from "../views/problem.tsx";
import { say } from "../words/language.ts";
import { NoPasskey } from "./device.ts";
import { FAILED_WORDS } from "./words.ts";

/** What went wrong, on the device or on the way. */
export function Failure({ of }: { of: unknown }) {
  if (of === undefined) return null;
  if (!(of instanceof NoPasskey)) return <Problem of={of} />;
  return <div class="notice bad" role="alert" data-why={of.why}><p>{say(FAILED_WORDS[of.why], { site: of.site })}</p></div>;
}
