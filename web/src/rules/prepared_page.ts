// What a person looks at before they sign a certificate, or minutes: is what is to be signed this page and this statement, and no more
// than that? `services/rules/prepared_page.py`; whoever prepared it is not believed.
import * as why from "../refusals.ts";
import type { SignaturePrepared } from "../wire.ts";
import { decode, digest, encode, encodeStandard } from "./base64url.ts";
import { bytesOf, joined, same, sha256, type Bytes } from "./bytes.ts";
import { write } from "./json.ts";
import { fileIn, type PaperFile } from "./pdf.ts";
import { Refused, refuse, wrapping } from "./refused.ts";

// What the time of signing may differ from this device's clock, in seconds.
const SKEW = 600;
// A signature on one kind of paper can pass for none on another.
const TYPES = {
  "certificate.json": { secretary: "plenary-certificate-secretary+jws", chair: "plenary-certificate-chair+jws" },
  "minutes.json": { secretary: "plenary-minutes-secretary+jws", chair: "plenary-minutes-chair+jws" },
} as const satisfies { readonly [name in PaperFile]: { readonly [role in SignaturePrepared["role"]]: string } };

// The signed attributes of RFC 5652, in the order of DER: content type `data`; the digest of the message; the signer's
// certificate by its SHA-256 (RFC 5035). Nothing else may be signed along.
const CONTENT_TYPE = "301806092a864886f70d010903310b06092a864886f70d010701";
const DIGEST = "302f06092a864886f70d01090431220420";
const CERTIFICATE = "3037060b2a864886f70d010910022f31283026302430220420";
const [OPENS, CLOSES, ZERO] = [0x3c, 0x3e, 0x30];

interface Given {
  readonly page: Bytes;
  /** The sealed file, proven before, and what it is. */
  readonly file: Bytes;
  readonly name?: PaperFile;
  /** Of who signs: DER, their own certificate first. */
  readonly chain: readonly Bytes[];
  /** The algorithm of their key. */
  readonly alg?: "ES256" | "RS256";
  /** This device's clock, in seconds. */
  readonly now: number;
}

/** The attributes to be signed of the page. Refuses with preparation_wrong. */
export async function mustBeToSign(prepared: SignaturePrepared, { page, file, name = "certificate.json", chain, alg = "ES256", now }: Given): Promise<Bytes> {
  // 1. The page that was announced, with the very certificate in it that was proven.
  if ((await digest(page)) !== prepared.page) wrong("another page");
  const attached = await wrapping(() => fileIn(page, name), () => new Refused(why.PREPARATION_WRONG, { what: name }));
  if (!same(attached, file)) wrong("another certificate is attached");
  // 2. All of it is signed but the one hole for the signature.
  const [start, before = 0, after = 0, rest = 0] = prepared.byte_range;
  if (start !== 0 || after + rest !== page.length || !isHole(page.subarray(before, after))) wrong("not the whole page is signed");
  // 3. The attributes are those of this page and this certificate, and nothing else.
  const signed = await sha256(joined(page.subarray(0, before), page.subarray(after)));
  const own = chain[0] ?? wrong("chain");
  const attributes = await attributesOf(signed, own);
  if (encode(attributes) !== prepared.attributes) wrong("attributes");
  // 4. The header of the statement's signature is the one for this place, by this key, now.
  const at = saidAt(prepared.protected);
  if ((await headerOf(alg, TYPES[name][prepared.role], chain, own, at)) !== prepared.protected) wrong("header");
  if (Math.abs(at - now) > SKEW) wrong("time");
  return attributes;
}

/** What is signed of a page with this SHA-256, by the key of this certificate (DER). */
export async function attributesOf(signed: Bytes, certificate: Bytes): Promise<Bytes> {
  const members = joined(bytesIn(CONTENT_TYPE), bytesIn(DIGEST), signed, bytesIn(CERTIFICATE), await sha256(certificate));
  return joined(Uint8Array.of(0x31, 0x81, members.length), members);
}

async function headerOf(alg: string, typ: string, chain: readonly Bytes[], own: Bytes, iat: number): Promise<string> {
  const header = { alg, typ, cty: "application/json", "x5t#S256": await digest(own), x5c: chain.map(encodeStandard), iat };
  return encode(bytesOf(write(header)));
}

/** When the header says it is signed; whether all of it is as it must be, is for comparing it whole. */
function saidAt(head: string): number {
  try {
    const { iat } = JSON.parse(new TextDecoder().decode(decode(head))) as { iat?: unknown };
    return typeof iat === "number" && Number.isSafeInteger(iat) ? iat : wrong("header");
  } catch (error) {
    if (error instanceof Refused && error.refusal === why.PREPARATION_WRONG) throw error;
    return wrong("header");
  }
}

function isHole(bytes: Bytes): boolean {
  return bytes.length > 2 && bytes[0] === OPENS && bytes.at(-1) === CLOSES && bytes.subarray(1, -1).every((byte) => byte === ZERO);
}

function bytesIn(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));
}

function wrong(what: string): never {
  return refuse(why.PREPARATION_WRONG, { what });
}
