import { render, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Bytes } from "../rules/bytes.ts";
import type { Proven } from "../rules/certificate.ts";
import { baseName, baseNameEn, percentEn, percentVi } from "../rules/wording.ts";
import { check, namedIn, type Verdict } from "./checking.ts";
import { CHECK_WORDS, WORDS, type Words } from "./words.ts";

interface Given {
  readonly name: string;
  readonly bytes: Bytes;
}

function Both({ of }: { of: Words }) {
  return <span class="both"><span lang="vi">{of.vi}</span> <span lang="en">{of.en}</span></span>;
}

function Drop({ id, title, hint, accept, given, take }: { id: string; title: Words; hint: Words; accept: string; given: Given | undefined; take: (given: Given) => void }) {
  const [over, setOver] = useState(false);
  const read = async (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) take({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  };
  return (
    <label
      class={`drop ${over ? "over" : ""} ${given ? "given" : ""}`} for={id}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); void read(event.dataTransfer?.files); }}
    >
      <strong><Both of={title} /></strong>
      <Both of={hint} />
      {given ? <span class="name">{given.name}</span> : <span class="quiet"><Both of={WORDS.choose} /></span>}
      <input id={id} type="file" accept={accept} onChange={(event) => void read(event.currentTarget.files)} />
    </label>
  );
}

function Checks({ verdict: { checks, passed, refused } }: { verdict: Verdict }) {
  return (
    <section aria-labelledby="checks">
      <h2 id="checks"><Both of={WORDS.checks} /></h2>
      <ol class="checks">
        {checks.map((name, place) => {
          const state = passed.includes(name) ? "passed" : place === passed.length ? "failed" : "waiting";
          const [mark, said] = { passed: ["✓", "Đạt / passed"], failed: ["✗", "Không đạt / failed"], waiting: ["–", "Chưa kiểm tra / not checked"] }[state] ?? ["", ""];
          return (
            <li class={state} data-check={name} key={name}>
              <span class="mark" role="img" aria-label={said}>{mark}</span>
              <div>
                <Both of={CHECK_WORDS[name]} />
                {state === "failed" && refused && <p class="reason"><Both of={{ vi: refused.text("vi"), en: refused.text("en") }} /> <code>{refused.code}</code></p>}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Counts({ proven: { statement: { decision, body } } }: { proven: Proven }) {
  const { noun, noun_en: nounEn } = body;
  const share = (count: number, base: "roll" | typeof decision.base, whole: number): Words =>
    whole ? {
      vi: `${percentVi(count, whole)} ${baseName(base, noun)} (${whole})`,
      en: `${percentEn(count, whole)} of ${baseNameEn(base, nounEn || "members")} (${whole})`,
    } : { vi: "", en: "" };
  return (
    <section aria-labelledby="counts">
      <h2 id="counts"><Both of={WORDS.counts} /></h2>
      <ul class="counts">
        {(["approve", "reject", "abstain"] as const).map((choice) => (
          <li class={choice} key={choice}>
            <p><Both of={WORDS[choice]} /><strong>{decision.counts[choice]}</strong></p>
            <svg class="bar" aria-hidden="true"><rect width={`${(100 * decision.counts[choice]) / decision.roll}%`} height="100%" /></svg>
            <p class="quiet"><Both of={share(decision.counts[choice], "roll", decision.roll)} /></p>
          </li>
        ))}
      </ul>
      <dl>
        <dt><Both of={WORDS.took} /></dt>
        <dd>{decision.participating} – <Both of={share(decision.participating, "roll", decision.roll)} /></dd>
        <dt><Both of={WORDS.needed} /></dt>
        <dd>{decision.needed}/{decision.base_count} <Both of={{ vi: baseName(decision.base, noun), en: `of ${baseNameEn(decision.base, nounEn || "members")}` }} /></dd>
      </dl>
    </section>
  );
}

function Own({ proven: { roll, votes } }: { proven: Proven }) {
  const [id, setId] = useState("");
  const entry = roll.entries.find(({ member }) => member === id.trim());
  const vote = votes.get(id.trim());
  let found: ComponentChildren = null;
  if (id.trim() && !entry) found = <Both of={WORDS.ownNone} />;
  else if (entry && !vote) found = <><strong>{entry.name}</strong>: <Both of={WORDS.ownNoBallot} /></>;
  else if (entry && vote) {
    const { vi, en } = WORDS[vote.choice];
    found = <><strong>{entry.name}</strong>: <Both of={{ vi: `${vi}, dòng ${vote.index} của sổ phiếu`, en: `${en}, line ${vote.index} of the ledger` }} /></>;
  }
  return (
    <section aria-labelledby="own">
      <h2 id="own"><Both of={WORDS.own} /></h2>
      <label class="own" for="member"><Both of={WORDS.ownHint} /></label>
      <input class="own-id" id="member" autocomplete="off" spellcheck={false} autocapitalize="off" value={id} onInput={(event) => setId(event.currentTarget.value)} />
      <p id="own-ballot" role="status">{found}</p>
    </section>
  );
}

function About({ proven: { statement, definition, roll }, sha256 }: { proven: Proven; sha256: string }) {
  const presiding = roll.entries.find(({ member }) => member === definition.presiding)?.name ?? definition.presiding;
  const moment = new Date(statement.issued_at).toLocaleString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "long", timeStyle: "medium" });
  const rows: [Words, ComponentChildren][] = [
    [WORDS.body, statement.body.name],
    [WORDS.question, definition.title],
    [WORDS.presiding, presiding],
    [WORDS.issued, `${moment} (UTC+7)`],
    [WORDS.hash, <code>{sha256}</code>],
  ];
  return (
    <section class="about" aria-labelledby="about">
      <h2 id="about"><Both of={WORDS.about} /></h2>
      <dl>{rows.map(([name, value]) => [<dt><Both of={name} /></dt>, <dd>{value}</dd>])}</dl>
    </section>
  );
}

function Result({ verdict }: { verdict: Verdict }) {
  const { proven, refused, fault, fromPdf, sha256 } = verdict;
  return (
    <>
      <section class={`verdict ${proven ? "good" : "bad"}`} id="verdict" role="status">
        <h2><span aria-hidden="true">{proven ? "✓" : "✗"}</span><Both of={proven ? WORDS.valid : fault ? WORDS.fault : WORDS.invalid} /></h2>
        {refused && <p><Both of={{ vi: refused.text("vi"), en: refused.text("en") }} /></p>}
        {proven && <p class="sentence" lang="vi">{proven.statement.decision.sentence}</p>}
        {proven && <p class="sentence" lang="en">{proven.statement.decision.sentence_en}</p>}
        {fromPdf && <p><Both of={WORDS.pdfNote} /></p>}
      </section>
      <div class="results">
        <Checks verdict={verdict} />
        {proven && (
          <div class="said">
            <Counts proven={proven} />
            <Own proven={proven} />
          </div>
        )}
        {proven && <About proven={proven} sha256={sha256} />}
      </div>
    </>
  );
}

function Page() {
  const [file, setFile] = useState<Given>();
  const [trust, setTrust] = useState<Given>();
  const [verdict, setVerdict] = useState<Verdict>();
  useEffect(() => {
    if (!file || !trust) return undefined;
    let isCurrent = true;
    setVerdict(undefined);
    void check(file.bytes, trust.bytes, namedIn(location.hash)).then((found) => isCurrent && setVerdict(found));
    return () => { isCurrent = false; };
  }, [file, trust]);
  return (
    <main>
      <header>
        <h1><Both of={WORDS.title} /></h1>
        <p><Both of={WORDS.lead} /></p>
      </header>
      <div class="choosing">
        <Drop id="certificate" title={WORDS.certificate} hint={WORDS.certificateHint} accept=".pdf,.json" given={file} take={setFile} />
        <Drop id="trust" title={WORDS.anchor} hint={WORDS.anchorHint} accept=".pem" given={trust} take={setTrust} />
      </div>
      {file && trust && !verdict && <p role="status"><Both of={WORDS.working} /></p>}
      {verdict && <Result verdict={verdict} />}
    </main>
  );
}

const place = document.getElementById("page");
if (place) render(<Page />, place);
