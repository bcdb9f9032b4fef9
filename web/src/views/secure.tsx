import type { ComponentChildren } from "preact";
import { say } from "../words/language.ts";
import { WORDS } from "./words.ts";

/** Shows its children where a browser gives keys; elsewhere says why it cannot work and what to do, instead of failing later. */
export function SecureOnly({ children }: { children: ComponentChildren }) {
  if (globalThis.isSecureContext && globalThis.crypto?.subtle) return <>{children}</>;
  return (
    <main class="entry">
      <section class="notice bad" role="alert" id="insecure">
        <h1>{say(WORDS.insecure)}</h1>
        <p>{say(WORDS.insecureWhy)}</p>
        <p>{say(WORDS.insecureDo, { address: `https://${globalThis.location.hostname}` })}</p>
        <p><a href="/trust">{say(WORDS.toTrust)}</a></p>
      </section>
    </main>
  );
}
