import { mount } from "../views/failure.tsx";
import { say, useLang } from "../words/language.ts";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { isOnlyHere, told } from "../views/house.ts";
import { DOOR_FOR, DOOR_WORDS, WORDS } from "./words.ts";

type Door = keyof typeof DOOR_WORDS;

/** Drawn in 24 by 24 with one stroke. */
const DRAWN: { readonly [door in Door]: string } = {
  phone: "M8 2.5h8a1.5 1.5 0 011.5 1.5v16a1.5 1.5 0 01-1.5 1.5H8A1.5 1.5 0 016.5 20V4A1.5 1.5 0 018 2.5zM10.5 18.5h3M9.5 10l2 2 3.5-4",
  chair: "M4 21h16M6 21v-6h12v6M12 15V9M9.5 6.5a2.5 2.5 0 015 0v0a2.5 2.5 0 01-5 0zM3.5 15h17",
  secretary: "M8 4H6.5A1.5 1.5 0 005 5.5v14A1.5 1.5 0 006.5 21h11a1.5 1.5 0 001.5-1.500v-14A1.5 1.5 0 0017.5 4H16M9 2.500h6v3H9zM8.5 10.500h7M8.5 14h7M8.5 17.500h4",
  hall: "M3 4.500h18v11.500H3zM12 16v4M8 20.500h8M7 12.500v-2M12 12.500V7.500M17 12.500V9",
  verify: "M12 2.500l8 3v6c0 5-3.4 8.3-8 10-4.6-1.7-8-5-8-10v-6zM8.5 12l2.5 2.5 4.5-5",
};
const SERVICES = ["meeting", "voting", "floor", "signing", "live"] as const;

function DoorCard({ door, main = false }: { door: Door; main?: boolean }) {
  return (
    <a class={main ? "door main" : "door"} href={`/${door}`}>
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={DRAWN[door]} /></svg>
      <span>
        <strong>{say(DOOR_WORDS[door])}</strong>
        <span class="quiet">{say(DOOR_FOR[door])}</span>
      </span>
    </a>
  );
}

function Phones({ address, fingerprint }: { address: string; fingerprint: string }) {
  const phones = `${address}/phone`;
  return (
    <section class="sheet phones" aria-labelledby="scan">
      {isOnlyHere(address)
        ? <p class="notice" id="only-here">{say(WORDS.onlyHere)}</p>
        : (
          <figure>
            <img src="/address.svg" alt={say(WORDS.scanAlt, { address: phones })} />
            <figcaption id="scan"><strong>{say(WORDS.scan)}</strong><code>{phones}</code></figcaption>
          </figure>
        )}
      <DoorCard door="phone" main />
      {fingerprint && <a class="first" href="/trust">{say(WORDS.first)}</a>}
    </section>
  );
}

function Page() {
  useLang(WORDS.pageTitle);
  return (
    <main>
      <header>
        <div class="mark">
          <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="m8 17 5.5 5.500L24.5 10" /></svg>
          <span>Plenary</span>
          <LanguageSwitch />
        </div>
        <h1>{say(WORDS.title)}</h1>
        <p>{say(WORDS.lead)}</p>
      </header>
      <div class="doors">
        <Phones address={told("address")} fingerprint={told("fingerprint")} />
        <nav aria-labelledby="desks">
          <h2 id="desks">{say(WORDS.desks)}</h2>
          {(["chair", "secretary", "hall"] as const).map((door) => <DoorCard door={door} key={door} />)}
          <h2>{say(WORDS.anyone)}</h2>
          <DoorCard door="verify" />
        </nav>
      </div>
      <footer class="quiet">
        <span>{say(WORDS.programs)}</span>
        {SERVICES.map((service) => <a href={`/${service}/docs`} key={service}>{service}</a>)}
      </footer>
    </main>
  );
}

mount(<Page />);
