import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { codeIn } from "../acts/enrol.ts";
import { identities } from "../keys/identity.ts";
import { isIos } from "../views/apple.ts";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { say } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** Safari on an iPhone or iPad, not the app on its Home Screen. */
function isInSafari(): boolean {
  return isIos(navigator.userAgent, navigator.maxTouchPoints) && !matchMedia("(display-mode: standalone)").matches;
}

/** Before a first key is made in Safari: it would be forgotten after 7 days. Once, and only there. */
export function IphoneFirst({ children }: { children: ComponentChildren }) {
  const [here, setHere] = useState<boolean | undefined>(isInSafari() ? undefined : true);
  useEffect(() => {
    if (here === undefined) identities().then((found) => setHere(found.length > 0), () => setHere(true));
  }, []);
  if (here === undefined) return null;
  return here ? <>{children}</> : <Advice goOn={() => setHere(true)} />;
}

function Advice({ goOn }: { goOn: () => void }) {
  // Only looked at: whoever goes on here joins with it, and then it is wiped from the address.
  const code = codeIn(location.hash);
  const [copied, setCopied] = useState(false);
  return (
    <main class="entry">
      <header class="acts"><h1>{say(WORDS.title)}</h1><LanguageSwitch /></header>
      <section class="sheet" id="iphone">
        <h2>{say(WORDS.iphone)}</h2>
        <p>{say(WORDS.iphoneWhy)}</p>
        <ol class="how">
          {code && (
            <li>
              <code class="ballot-code">{code}</code>
              <button type="button" class="primary wide" onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(true), () => undefined)}>
                {say(copied ? WORDS.iphoneCopied : WORDS.iphoneCopy)}
              </button>
            </li>
          )}
          <li>{say(WORDS.iphoneAdd)}</li>
          <li>{say(WORDS.iphonePaste)}</li>
        </ol>
        <button type="button" class="plain wide" onClick={goOn}>{say(WORDS.iphoneHere)}</button>
      </section>
    </main>
  );
}
