import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { digest, encode, encodeStandard } from "../src/rules/base64url.ts";
import { bytesOf, joined, sha256, type Bytes } from "../src/rules/bytes.ts";
import { attributesOf, mustBeToSign } from "../src/rules/prepared_page.ts";
import type { SignaturePrepared } from "../src/wire.ts";
import { result } from "./vectors.ts";

const NOW = 1_795_001_000;
const FILE = bytesOf('{"payload":"eyJ9","protected":"e30","signature":"AAAA"}');
const [OWN, ISSUER] = [bytesOf("a certificate"), bytesOf("its issuer")];
const HOLE = `<${"0".repeat(40)}>`;

/** A page as ours are, as far as it is looked at: a file attached, and a hole. */
function pageOf(file: Bytes, hole = HOLE): Bytes {
  const packed = new Uint8Array(deflateSync(file));
  const head = bytesOf(`%PDF-1.7\n<</Type/Filespec/F(certificate.json)/UF(certificate.json)/EF<</F 7 0 R>>>>\n7 0 obj\n<</Length ${packed.length}/Type/EmbeddedFile/Filter/FlateDecode>>\nstream\n`);
  return joined(head, packed, bytesOf(`\nendstream\n/Contents${hole}/ByteRange\n%%EOF\n`));
}

async function prepared(page: Bytes, changed: Partial<SignaturePrepared> = {}): Promise<SignaturePrepared> {
  const before = Buffer.from(page).indexOf("/Contents<") + 9, after = before + HOLE.length;
  const header = { alg: "ES256", typ: "plenary-certificate-secretary+jws", cty: "application/json", "x5t#S256": await digest(OWN), x5c: [OWN, ISSUER].map(encodeStandard), iat: NOW };
  return {
    id: "ky-01", certificate: "cn-01", role: "secretary", member: "db002",
    page: await digest(page), byte_range: [0, before, after, page.length - after],
    attributes: encode(await attributesOf(await sha256(joined(page.subarray(0, before), page.subarray(after))), OWN)),
    protected: encode(bytesOf(JSON.stringify(header))), ...changed,
  };
}

async function outcome(page: Bytes, changed: Partial<SignaturePrepared> = {}, chain = [OWN, ISSUER], now = NOW): Promise<string> {
  const said = await prepared(page, changed);
  return result(() => mustBeToSign(said, { page, file: FILE, chain, now }));
}

const PAGE = pageOf(FILE);

test("what is as shown may be signed", async () => {
  assert.equal(await outcome(PAGE), "good");
});

test("the attributes are those of RFC 5652 and RFC 5035, in DER", async () => {
  const found = Buffer.from(await attributesOf(new Uint8Array(32).fill(0x64), OWN)).toString("hex");
  const own = Buffer.from(await sha256(OWN)).toString("hex");
  assert.equal(found, `318184301806092a864886f70d010903310b06092a864886f70d010701302f06092a864886f70d01090431220420${"64".repeat(32)}3037060b2a864886f70d010910022f31283026302430220420${own}`);
});

const { byte_range: range, protected: head, attributes } = await prepared(PAGE);
const [, before = 0, after = 0, rest = 0] = range;
const other = encode(await attributesOf(new Uint8Array(32), OWN));
const WRONG: { readonly [name: string]: () => Promise<string> } = {
  "another hash": () => outcome(PAGE, { page: "A".repeat(43) }),
  "another file attached": () => outcome(pageOf(bytesOf("{}"))),
  "no file attached": () => outcome(bytesOf(`%PDF-1.7\n/Contents${HOLE}\n`)),
  "the end is not signed": () => outcome(PAGE, { byte_range: [0, before, after, rest - 1] }),
  "the beginning is not signed": () => outcome(PAGE, { byte_range: [1, before, after, rest] }),
  "a larger hole": () => outcome(PAGE, { byte_range: [0, before - 5, after, rest] }),
  "something in the hole": () => outcome(pageOf(FILE, HOLE.replace("00", "30"))),
  "attributes of another page": () => outcome(PAGE, { attributes: other }),
  "one attribute more": () => outcome(PAGE, { attributes: `${attributes}AAAA` }),
  "another role": () => outcome(PAGE, { role: "chair" }),
  "another key": () => outcome(PAGE, {}, [ISSUER, OWN]),
  "a header with a word more": () => outcome(PAGE, { protected: encode(bytesOf(Buffer.from(head, "base64url").toString().replace("}", ',"crit":["b64"]}'))) }),
  "no header": () => outcome(PAGE, { protected: "" }),
  "an hour ago": () => outcome(PAGE, {}, [OWN, ISSUER], NOW + 3600),
};

for (const [name, attempt] of Object.entries(WRONG)) {
  test(`nothing is signed: ${name}`, async () => {
    assert.equal(await attempt(), "preparation_wrong");
  });
}
