// Chains of X.509 certificates up to given trust anchors: `services/rules/credential.py`, RFC 5280 section 6.1 cut down to
// what is issued here. What is critical and not understood is refused.
import * as why from "../refusals.ts";
import { encodeStandard } from "./base64url.ts";
import { same, type Bytes } from "./bytes.ts";
import { constraintsOf, policiesOf, purposesOf, usageOf } from "./extensions.ts";
import { ed25519, ed25519In } from "./keys.ts";
import { refuse, wrapping, Refused } from "./refused.ts";
import { load, memberOf, publicKeyOf, rawSignature, readPem, type Certificate } from "./x509.ts";

export type Purpose = "person" | "seal";

const LONGEST_CHAIN = 5;
const UNDERSTOOD = new Set(["2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.32"]);
const NEVER: { readonly [oid: string]: string } = { "2.5.29.30": "name constraints", "2.5.29.36": "policy constraints" };
// Signing documents (RFC 9336) and e-mail protection.
const USES = ["1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4"];
const SEAL_POLICY = "2.25.263503441224358092656128688260488835665.2";
const ANY_POLICY = "2.5.29.32.0";
const USAGE = { digitalSignature: 0, contentCommitment: 1, keyCertSign: 5 } as const;

/** An authority found good: valid from `starts` to `ends` (seconds), with `below` more authorities under it. */
interface Issuer {
  readonly certificate: Certificate;
  readonly starts: number;
  readonly ends: number;
  readonly below: number;
  readonly maySeal: boolean;
}

/** Trust anchors, and the issuers already found good under them. */
export class Anchors {
  readonly #anchors: readonly Issuer[];
  readonly #known = new Map<string, Promise<Issuer>>();

  private constructor(anchors: readonly Issuer[]) {
    this.#anchors = anchors;
  }

  /** The anchors of a trust.pem, every byte of which counts. Refuses with anchors_malformed. */
  static async read(pem: string): Promise<Anchors> {
    return wrapping(
      async () => {
        const ders = readPem(pem);
        if (new Set(ders.map(encodeStandard)).size !== ders.length) refuse(why.CHAIN_MALFORMED, { what: "one twice" });
        return new Anchors(await Promise.all(ders.map(readAnchor)));
      },
      (refused) => new Refused(why.ANCHORS_MALFORMED, { what: refused.text("en") }),
    );
  }

  /** The leaf of a chain (DER; leaf first, without the anchor) that is good at `at` (milliseconds). */
  async verify(chain: readonly Bytes[], at: number, purpose: Purpose): Promise<Certificate> {
    const [first, ...above] = chain;
    if (!first || chain.length > LONGEST_CHAIN) return refuse(why.CHAIN_MALFORMED, { what: "length of the chain" });
    const leaf = load(first);
    const issuer = await this.#issuerOf(leaf, above);
    mustBeInTime(leaf, issuer, Math.floor(at / 1000));
    mustBeSound(leaf);
    mustSign(leaf);
    if (purpose === "person") memberOf(leaf);
    // Every enrolled person has a certificate under the same anchor: without this they could all seal results.
    else if (!(issuer.maySeal && policiesOf(leaf).includes(SEAL_POLICY))) wrongUse("not issued as a seal");
    publicKeyOf(leaf);
    // Of a point off its curve nothing tells but to try it.
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    if (leaf.keyKind.name === "P-256" && !(await imported(leaf, curve))) refuse(why.KEY_NOT_TAKEN, { what: "unknown" });
    return leaf;
  }

  async #issuerOf(certificate: Certificate, above: readonly Bytes[]): Promise<Issuer> {
    for (const issuer of above.length ? [await this.#authority(above)] : this.#anchors) {
      if (await isIssuedBy(certificate, issuer.certificate)) return issuer;
    }
    return refuse(why.CHAIN_UNTRUSTED, { what: "no issuer's name and signature fit" });
  }

  #authority(chain: readonly Bytes[]): Promise<Issuer> {
    const name = chain.map(encodeStandard).join();
    const found = this.#known.get(name) ?? this.#readAuthority(chain);
    this.#known.set(name, found);
    return found;
  }

  async #readAuthority([first = new Uint8Array(), ...above]: readonly Bytes[]): Promise<Issuer> {
    const certificate = load(first);
    return asIssuer(certificate, await this.#issuerOf(certificate, above));
  }
}

async function readAnchor(der: Bytes): Promise<Issuer> {
  const certificate = load(der);
  if (!(await isIssuedBy(certificate, certificate))) refuse(why.CHAIN_UNTRUSTED, { what: "an anchor must be signed by itself" });
  return asIssuer(certificate, undefined);
}

/** The authority under the one `above` it; undefined for an anchor. */
function asIssuer(certificate: Certificate, above: Issuer | undefined): Issuer {
  mustBeSound(certificate);
  const constraints = constraintsOf(certificate);
  if (!constraints?.ca || !usageOf(certificate)?.has(USAGE.keyCertSign)) wrongUse("not an authority");
  const { notBefore: starts, notAfter: ends } = certificate;
  const below = constraints?.below ?? LONGEST_CHAIN;
  if (!above) return { certificate, starts, ends, below, maySeal: true };
  if (above.below < 1) wrongUse("path length");
  return {
    certificate,
    starts: Math.max(starts, above.starts),
    ends: Math.min(ends, above.ends),
    below: Math.min(below, above.below - 1),
    maySeal: above.maySeal && policiesOf(certificate).some((policy) => policy === SEAL_POLICY || policy === ANY_POLICY),
  };
}

const HASHES: { readonly [oid: string]: readonly ["ECDSA" | "RSASSA-PKCS1-v1_5", string] } = {
  "1.2.840.10045.4.3.2": ["ECDSA", "SHA-256"], "1.2.840.10045.4.3.3": ["ECDSA", "SHA-384"], "1.2.840.10045.4.3.4": ["ECDSA", "SHA-512"],
  "1.2.840.113549.1.1.11": ["RSASSA-PKCS1-v1_5", "SHA-256"], "1.2.840.113549.1.1.12": ["RSASSA-PKCS1-v1_5", "SHA-384"],
  "1.2.840.113549.1.1.13": ["RSASSA-PKCS1-v1_5", "SHA-512"],
};
const SIZES: { readonly [curve: string]: number } = { "P-256": 32, "P-384": 48, "P-521": 66 };

/** Names chain and the signature verifies, with an algorithm and a key that are not weak. */
async function isIssuedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  if (!same(certificate.issuer, issuer.subject)) return false;
  const raw = ed25519In(issuer.spki);
  if (raw) return certificate.signatureAlgorithm === "1.3.101.112" && ed25519(raw).verify("EdDSA", certificate.signature, certificate.signed);
  const [name, hash] = HASHES[certificate.signatureAlgorithm] ?? [];
  const { name: kind, bits } = issuer.keyKind;
  const size = SIZES[kind];
  if (hash === undefined || (name === "ECDSA" ? !size : kind !== "RSA" || bits < 2048)) return false;
  const signature = size ? rawSignature(certificate.signature, size) : certificate.signature;
  const parameters = size ? { name: "ECDSA", namedCurve: kind, hash } : { name: "RSASSA-PKCS1-v1_5", hash };
  const key = await imported(issuer, parameters);
  return key !== undefined && signature !== undefined && crypto.subtle.verify(parameters, key, signature, certificate.signed);
}

async function imported(issuer: Certificate, parameters: EcKeyImportParams | RsaHashedImportParams): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey("spki", issuer.spki, parameters, false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

function mustBeInTime(leaf: Certificate, issuer: Issuer, at: number): void {
  if (at < Math.max(leaf.notBefore, issuer.starts)) refuse(why.CHAIN_NOT_YET_VALID);
  if (at > Math.min(leaf.notAfter, issuer.ends)) refuse(why.CHAIN_EXPIRED);
}

/** Nothing critical that we do not understand, and made for signing documents if it says for what. */
function mustBeSound(certificate: Certificate): void {
  for (const [kind, { critical }] of certificate.extensions) {
    if (NEVER[kind]) wrongUse(NEVER[kind]);
    if (critical && !UNDERSTOOD.has(kind)) wrongUse(`critical extension ${kind}`);
  }
  const uses = purposesOf(certificate);
  if (uses && !uses.some((use) => USES.includes(use))) wrongUse("extended key usage");
}

function mustSign(leaf: Certificate): void {
  if (constraintsOf(leaf)?.ca) wrongUse("an authority");
  const usage = usageOf(leaf);
  if (!usage?.has(USAGE.digitalSignature) && !usage?.has(USAGE.contentCommitment)) wrongUse("key usage");
}

function wrongUse(what: string): never {
  return refuse(why.CHAIN_WRONG_USE, { what });
}

