import { useEffect, useState } from "preact/hooks";
import { handOver } from "../line/handover.ts";
import { askText, Declined } from "../line/server.ts";
import { bytesOf } from "../rules/bytes.ts";
import { mount } from "../views/failure.tsx";
import { LanguageSwitch } from "../views/language_switch.tsx";
import { Problem } from "../views/problem.tsx";
import { say, useLang } from "../words/language.ts";
import { WORDS } from "./words.ts";

const SHA256 = /^#([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1];

/** Fetch both files, lay them down, and go on to the page that verifies them without asking anybody. */
async function fetchAll(sha256: string): Promise<void> {
  const [certificate, trust] = await Promise.all([`hashes/${sha256}.json`, "trust.pem"].map((path) => askText("GET", `/signing/${path}`)));
  await handOver(sha256, { certificate: bytesOf(certificate ?? ""), trust: bytesOf(trust ?? "") });
  location.replace(`/verify#${sha256}`);
}

function Page() {
  useLang(WORDS.pageTitle);
  const [problem, setProblem] = useState<unknown>();
  const begin = () => {
    setProblem(undefined);
    if (SHA256) fetchAll(SHA256).catch(setProblem);
  };
  useEffect(begin, []);
  return (
    <main>
      <LanguageSwitch />
      <h1>{say(WORDS.title)}</h1>
      {!SHA256 && <p role="alert">{say(WORDS.noHash)}</p>}
      {SHA256 && problem === undefined && <p role="status">{say(WORDS.fetching)}</p>}
      {problem instanceof Declined && problem.code === "certificate_unknown" && <p class="notice" id="minutes-own">{say(WORDS.minutesOwn)}</p>}
      {problem !== undefined && <><Problem of={problem} /><p><button type="button" onClick={begin}>{say(WORDS.again)}</button></p></>}
      <p><a href={SHA256 ? `/verify#${SHA256}` : "/verify"}>{say(WORDS.verify)}</a></p>
    </main>
  );
}

mount(<Page />);
