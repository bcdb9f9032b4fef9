import { useState } from "preact/hooks";
import { mount } from "../views/failure.tsx";
import { say, useLang } from "../words/language.ts";
import { told } from "../views/house.ts";
import { Icon } from "../views/icon.tsx";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { systemOf } from "./system.ts";
import { FILE_WORDS, STEPS, SYSTEM_WORDS, WORDS, type System } from "./words.ts";

const SYSTEMS: readonly System[] = ["ios", "android", "windows", "macos"];
const FILE = { ios: "plenary-ca.mobileconfig", android: "plenary-ca.crt", windows: "plenary-ca.crt", macos: "plenary-ca.crt" } as const;

function Enter({ address }: { address: string }) {
  return <p><a class="button primary" href={address}>{say(WORDS.enter, { address })}</a></p>;
}

/** Whoever came by plain HTTP is told why nothing else is there. */
function Plain({ address, mustInstall }: { address: string; mustInstall: boolean }) {
  return (
    <section class="notice warn" id="plain" aria-labelledby="plain-title">
      <h2 id="plain-title"><Icon name="warn" /> {say(WORDS.plain)}</h2>
      <p>{say(mustInstall ? WORDS.plainWhy : WORDS.plainGo)}</p>
      {mustInstall ? <p><code>{address}</code></p> : <Enter address={address} />}
    </section>
  );
}

function Download() {
  const [system, setSystem] = useState(systemOf(navigator.userAgent, navigator.maxTouchPoints));
  return (
    <li class="sheet">
      <h2>{say(WORDS.download)}</h2>
      <div class="systems" role="group" aria-label={say(WORDS.system)}>
        {SYSTEMS.map((each) => (
          <button type="button" aria-pressed={each === system} onClick={() => setSystem(each)} key={each}>{say(SYSTEM_WORDS[each])}</button>
        ))}
      </div>
      <p><a class="button primary" id="file" href={`/trust/${FILE[system]}`}>{say(FILE_WORDS[system])}</a></p>
      <ol class="steps" id="steps">{STEPS[system].map((step) => <li key={step.en}>{say(step)}</li>)}</ol>
    </li>
  );
}

function Fingerprint({ of }: { of: string }) {
  const pairs = of.split(":");
  return (
    <li class="sheet">
      <h2>{say(WORDS.compare)}</h2>
      <div role="group" aria-label={say(WORDS.fingerprint)}>
        <p class="quiet">{say(WORDS.fingerprint)}</p>
        <p class="fingerprint" id="fingerprint">{[0, 8, 16, 24].map((from) => <code key={from}>{pairs.slice(from, from + 8).join(" ")} </code>)}</p>
      </div>
      <p>{say(WORDS.compareWhy)}</p>
    </li>
  );
}

function Installing({ address, fingerprint }: { address: string; fingerprint: string }) {
  return (
    <>
      <ol class="parts">
        <Download />
        <Fingerprint of={fingerprint} />
        <li class="sheet">
          <h2>{say(WORDS.done)}</h2>
          <p>{say(WORDS.doneWhy)}</p>
          <Enter address={address} />
        </li>
      </ol>
      <section class="about" aria-labelledby="about">
        <h2 id="about">{say(WORDS.about)}</h2>
        <p>{say(WORDS.aboutWhy)}</p>
      </section>
    </>
  );
}

function Page() {
  useLang(WORDS.pageTitle);
  const [address, fingerprint] = [told("address"), told("fingerprint")];
  return (
    <main>
      <header>
        <LanguageSwitch />
        <h1>{say(fingerprint ? WORDS.title : WORDS.nothing)}</h1>
        <p>{say(fingerprint ? WORDS.lead : WORDS.nothingWhy)}</p>
      </header>
      {!globalThis.isSecureContext && <Plain address={address} mustInstall={fingerprint !== ""} />}
      {fingerprint ? <Installing address={address} fingerprint={fingerprint} /> : globalThis.isSecureContext && <Enter address={address || "/"} />}
    </main>
  );
}

mount(<Page />);
