import assert from "node:assert/strict";
import { test } from "node:test";
import * as why from "../src/refusals.ts";
import * as ballot from "../src/rules/ballot.ts";
import { decode, decodeStandard, encode } from "../src/rules/base64url.ts";
import { bytesOf, type Bytes } from "../src/rules/bytes.ts";
import { write } from "../src/rules/json.ts";
import { KINDS, sign, split, verify } from "../src/rules/jws.ts";
import { ed25519, ed25519In, keyOf, verifyInScript, type PublicKey } from "../src/rules/keys.ts";
import { refuse } from "../src/rules/refused.ts";
import type { PollDefinition } from "../src/wire.ts";
import { result, vectors, type Case } from "./vectors.ts";

interface File {
  readonly keys: { readonly [name: string]: { readonly jwk: { kty: string }; readonly pem: string } };
  readonly holders: readonly { readonly thumbprint: string; readonly member: string; readonly key: string }[];
  readonly question: { readonly poll: string; readonly meeting: string; readonly labels: { [choice in ballot.Choice]: string }; readonly voters: string[] };
  readonly cases: readonly (Case & { readonly compact: string })[];
}

const file = vectors<File>("jws");

function spki(pem: string): Bytes {
  return decodeStandard(pem.split("\n").slice(1, -2).join("")) ?? assert.fail("PEM");
}

function publicKey(name: string): PublicKey {
  const { jwk, pem } = file.keys[name] ?? assert.fail(name);
  const raw = ed25519In(spki(pem));
  return raw ? ed25519(raw) : keyOf(spki(pem), jwk.kty === "EC" ? ["ES256"] : ["RS256", "PS256"]);
}

const holders = new Map(file.holders.map(({ thumbprint, member, key }) => [thumbprint, { thumbprint, member, key: publicKey(key), notBefore: 0, notAfter: 2 ** 53 }]));
const holderOf: ballot.HolderOf = (thumbprint) => holders.get(thumbprint) ?? refuse(why.CREDENTIAL_UNKNOWN);
const asked: ballot.Question = {
  hash: file.question.poll,
  meeting: file.question.meeting,
  labels: new Map(Object.entries(file.question.labels) as [ballot.Choice, string][]),
  voters: new Set(file.question.voters),
};

for (const one of file.cases) {
  test(`ballot: ${one.name}`, async () => {
    assert.equal(await result(() => ballot.read(one.compact, asked, holderOf)), one.result, one.catches);
  });
}

test("Ed25519 in script is the same check as the browser's own", async () => {
  const raw = ed25519In(spki(file.keys["ed25519"]?.pem ?? "")) ?? assert.fail("key");
  const good = file.cases.find(({ name }) => name === "EdDSA") ?? assert.fail("case");
  const { signature, signed } = split(good.compact, KINDS.ballot);
  assert.equal(await verifyInScript(raw, signature, signed), true);
  assert.equal(await verifyInScript(raw, signature, bytesOf("other")), false);
  assert.equal(await verifyInScript(raw, signature.slice(1), signed), false);
});

test("base64url has one text for each value", async () => {
  for (let length = 0; length < 70; length += 1) {
    const value = crypto.getRandomValues(new Uint8Array(length));
    assert.deepEqual(decode(encode(value)), value);
    assert.equal(encode(value), Buffer.from(value).toString("base64url"));
  }
  for (const bad of ["A", "AB", "AA=", "AA==", "A+/A", "A A", "AAÁA", "AAA\n"]) {
    assert.equal(await result(() => decode(bad)), "message_malformed", bad);
  }
});

// --- What the phone makes ------------------------------------------------------------------------------------------

const DEFINITION = vectors<{ cases: { definition: PollDefinition }[] }>("majority").cases[0]?.definition ?? assert.fail("definition");

async function device(member: string): Promise<{ own: ballot.OwnKey; holder: ballot.Holder }> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const key = keyOf(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)), ["ES256"]);
  const thumbprint = encode(crypto.getRandomValues(new Uint8Array(32)));
  return { own: { member, thumbprint, key: pair.privateKey }, holder: { thumbprint, member, key, notBefore: 0, notAfter: 2 ** 53 } };
}

test("a ballot that the phone makes is a genuine one, and so is the one that takes its place", async () => {
  const { own, holder } = await device("an");
  const of = (thumbprint: string) => (thumbprint === holder.thumbprint ? holder : refuse(why.CREDENTIAL_UNKNOWN));
  // Half of all signatures come with a high s: of sixteen, some do.
  for (let times = 0; times < 16; times += 1) {
    const first = await ballot.read(await ballot.make(asked, "approve", own, 1_795_000_000), asked, of);
    assert.deepEqual([first.payload.seq, first.payload.supersedes, first.payload.label], [1, null, "Tán thành"]);
    const second = await ballot.read(await ballot.make(asked, "reject", own, 1_795_000_001, first), asked, of);
    assert.deepEqual([second.payload.seq, second.payload.supersedes], [2, first.sha256]);
  }
});

test("a screen that says other than what was signed is refused", async () => {
  const { own, holder } = await device(DEFINITION.presiding);
  const definition = await sign(KINDS.poll, bytesOf(write(DEFINITION)), own.key, own.thumbprint, 1_795_000_000);
  await verify(split(definition, KINDS.poll), holder.key);
  const { title, text, options } = DEFINITION;
  const shown: ballot.Shown = { title, text, options, definition };
  assert.equal((await ballot.mustBeTheQuestion(shown, () => holder)).id, DEFINITION.id);
  const relabelled = options.map((option, place) => ({ ...option, label: options[1 - place]?.label ?? option.label }));
  const lies = [{ title: `${title} khác` }, { text: `${text} khác` }, { options: [...options].reverse() }, { options: options.slice(1) }, { options: relabelled }];
  for (const lie of lies) {
    assert.equal(await result(() => ballot.mustBeTheQuestion({ ...shown, ...lie }, () => holder)), "definition_wrong");
  }
  const other = { ...holder, member: "somebody-else" };
  assert.equal(await result(() => ballot.mustBeTheQuestion(shown, () => other)), "definition_wrong");
  const stranger = await device(DEFINITION.presiding);
  assert.equal(await result(() => ballot.mustBeTheQuestion(shown, () => stranger.holder)), "signature_wrong");
});
