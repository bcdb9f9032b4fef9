// The same files in Wycheproof's format that Python reads (`tests/unit/rules/test_jws_wycheproof.py`), through the check that
// the browser does: our own always, and those of the directory that WYCHEPROOF names.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { KINDS, split, verify } from "../src/rules/jws.ts";
import { ed25519, ed25519In, keyOf, verifyInScript, type Algorithm, type PublicKey } from "../src/rules/keys.ts";
import { decode } from "../src/rules/base64url.ts";
import { bytesOf, type Bytes } from "../src/rules/bytes.ts";
import { refuse } from "../src/rules/refused.ts";
import * as why from "../src/refusals.ts";
import { rawSignature } from "../src/rules/x509.ts";
import { result, ROOT } from "./vectors.ts";

interface One { readonly tcId: number; readonly comment: string; readonly msg: string; readonly sig: string; readonly jws?: string; readonly result: string }
interface Group {
  readonly type: string; readonly publicKeyDer?: string; readonly keyDer?: string; readonly sha?: string; readonly mgfSha?: string; readonly sLen?: number;
  readonly keySize?: number; readonly keysize?: number; readonly key?: { readonly curve?: string }; readonly publicKey?: { readonly curve?: string };
  readonly public?: JsonWebKey; readonly tests: readonly One[];
}

const ALGORITHMS: { readonly [type: string]: Exclude<Algorithm, "EdDSA"> } = {
  EcdsaP1363Verify: "ES256", EcdsaVerify: "ES256", RsassaPkcs1Verify: "RS256", RsassaPssVerify: "PS256",
};
const HALF = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n / 2n;

const more = process.env["WYCHEPROOF"];
for (const directory of [join(ROOT, "tests", "data", "wycheproof"), ...(more ? [more] : [])]) {
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json")).sort()) {
    const { testGroups } = JSON.parse(readFileSync(join(directory, name), "utf8")) as { readonly testGroups?: readonly Group[] };
    const ours = (testGroups ?? []).filter(isOurs);
    if (!ours.length) continue;
    test(`wycheproof: ${name}`, async () => {
      const wrong: string[] = [];
      for (const group of ours) {
        for (const one of group.tests.filter((each) => each.result === "valid" || (each.result === "invalid" && hasOurSalt(group)))) {
          const taken = (await result(() => check(group, one))) === "good";
          if (taken !== mustBeTaken(group, one)) wrong.push(`${one.tcId} ${one.comment}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }
}

test("wycheproof: Ed25519 in script, for browsers that have none", async () => {
  const file = readFileSync(join(ROOT, "tests", "data", "wycheproof", "ed25519_own.json"), "utf8");
  const { testGroups } = JSON.parse(file) as { readonly testGroups: readonly Group[] };
  for (const group of testGroups) {
    const raw = ed25519In(bytes(group.publicKeyDer ?? "")) ?? assert.fail();
    for (const one of group.tests) {
      assert.equal(await verifyInScript(raw, bytes(one.sig), bytes(one.msg)), one.result === "valid", one.comment);
    }
  }
});

/** Groups by algorithms and keys that a message may have here: certificates with others are refused before. */
function isOurs(group: Group): boolean {
  const curve = (group.publicKey ?? group.key)?.curve;
  const bits = group.keySize ?? group.keysize ?? 0;
  switch (group.type) {
    case "EcdsaP1363Verify":
    case "EcdsaVerify":
      return curve === "secp256r1" && group.sha === "SHA-256";
    case "RsassaPkcs1Verify":
    case "RsassaPssVerify":
      return group.sha === "SHA-256" && (group.mgfSha ?? group.sha) === group.sha && bits >= 2048 && bits <= 4096;
    case "EddsaVerify":
      return curve === "edwards25519";
    case "JsonWebSignature":
      return group.public?.kty === "RSA" || ["P-256", "Ed25519"].includes(group.public?.crv ?? "");
    default:
      return false;
  }
}

function mustBeTaken(group: Group, one: One): boolean {
  if (one.result !== "valid") return false;
  if (group.type === "JsonWebSignature") return messageMustBeTaken(one.jws ?? "");
  return hasOurSalt(group) && (group.type !== "EcdsaP1363Verify" || BigInt(`0x${one.sig.slice(64)}`) <= HALF);
}

function messageMustBeTaken(jws: string): boolean {
  const raw = Buffer.from(decode(jws.split(".")[2] ?? "")).toString("hex");
  return algOf(jws) === "ES256" ? BigInt(`0x${raw.slice(64)}`) <= HALF : ["RS256", "PS256", "EdDSA"].includes(algOf(jws));
}

/** A salt as long as the hash: what is bad in a group of others may be good for JWS. */
function hasOurSalt(group: Group): boolean {
  return group.type !== "RsassaPssVerify" || (group.sLen ?? 32) === 32;
}

async function check(group: Group, one: One): Promise<void> {
  if (group.type === "JsonWebSignature") return checkMessage(group.public ?? {}, one);
  const spki = bytes(group.publicKeyDer ?? group.keyDer ?? "");
  const algorithm = ALGORITHMS[group.type] ?? "EdDSA";
  const raw = ed25519In(spki);
  const key = algorithm === "EdDSA" ? ed25519(raw ?? refuse(why.KEY_NOT_TAKEN)) : keyOf(spki, [algorithm]);
  const signature = group.type === "EcdsaVerify" ? lowered(bytes(one.sig)) : bytes(one.sig);
  await verify({ header: { alg: algorithm }, payload: bytes(""), signature, signed: bytes(one.msg) }, key);
}

/** DER as certificates have it, in the form of messages. */
function lowered(der: Bytes): Bytes {
  const raw = rawSignature(der, 32) ?? refuse(why.SIGNATURE_WRONG);
  const s = BigInt(`0x${Buffer.from(raw.subarray(32)).toString("hex")}`);
  if (s > HALF && s < 2n * HALF + 1n) raw.set(bytes((2n * HALF + 1n - s).toString(16).padStart(64, "0")), 32);
  return raw;
}

/** As a person's message; one that is good and not of our form, by its three parts alone. */
async function checkMessage(jwk: JsonWebKey, { jws = "", result: wanted }: One): Promise<void> {
  const key = await keyOfJwk(jwk);
  if (wanted !== "valid" || (await result(() => split(jws, KINDS.ballot))) === "good") return verify(split(jws, KINDS.ballot), key);
  const [first = "", second = "", third = ""] = jws.split(".");
  await verify({ header: { alg: algOf(jws) }, payload: decode(second), signature: decode(third), signed: bytesOf(`${first}.${second}`) }, key);
}

function algOf(jws: string): string {
  return String((JSON.parse(new TextDecoder().decode(decode(jws.split(".")[0] ?? ""))) as { alg?: unknown }).alg);
}

async function keyOfJwk(jwk: JsonWebKey): Promise<PublicKey> {
  if (jwk.crv === "Ed25519") return ed25519(decode(jwk.x ?? ""));
  const rsa = jwk.kty === "RSA";
  const parameters = rsa ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : { name: "ECDSA", namedCurve: "P-256" };
  const { kty, crv, x, y, n, e } = jwk;
  const bare = rsa ? { kty, n, e } : { kty, crv, x, y };
  const imported = await crypto.subtle.importKey("jwk", bare as JsonWebKey, parameters, true, ["verify"]);
  return keyOf(new Uint8Array(await crypto.subtle.exportKey("spki", imported)), rsa ? ["RS256", "PS256"] : ["ES256"]);
}

function bytes(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
