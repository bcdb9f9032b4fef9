import type { ComponentChildren } from "preact";
import { say } from "../words/language.ts";
import { told } from "./house.ts";
import { WORDS } from "./words.ts";

/** Where this page is served securely: as the server says of itself, else at this very address. */
function secureAddress(): string {
  const address = told("address");
  return address.startsWith("https:") ? address : `https://${location.host}`;
}

/** Shows its children where a browser gives keys; elsewhere says why it cannot work and what to do, instead of failing later. */
export function SecureOnly({ children }: { children: ComponentChildren }) {
  if (globalThis.isSecureContext && globalThis.crypto?.subtle) return <>{children}</>;
  return (
    <main class="entry">
      <section class="notice bad" role="alert" id="insecure">
        <h1>{say(WORDS.insecure)}</h1>
        <p>{say(WORDS.insecureWhy)}</p>
        <p>{say(WORDS.insecureDo, { address: secureAddress() })}</p>
        <p><a href="/trust">{say(WORDS.toTrust)}</a></p>
      </section>
    </main>
  );
}
