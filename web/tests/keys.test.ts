import assert from "node:assert/strict";
import { createPublicKey, verify as verifyDer } from "node:crypto";
import { test } from "node:test";
import type { Identity } from "../src/keys/identity.ts";
import { logKeys, pinOf } from "../src/keys/pins.ts";
import { makeKey, requestOf } from "../src/keys/request.ts";
import { signMessage } from "../src/keys/signing.ts";
import { decodeStandard } from "../src/rules/base64url.ts";
import { integer, readIn, readOne, TAG, text, wholeBits } from "../src/rules/der.ts";
import { KINDS, split, verify } from "../src/rules/jws.ts";
import { keyOf } from "../src/rules/keys.ts";
import type { Shape } from "../src/rules/shape.ts";
import * as wire from "../src/wire.ts";
import { result, vectors } from "./vectors.ts";

test("a certification request is PKCS#10 in DER, signed by the key in it", async () => {
  const key = await makeKey();
  // Half of all numbers in a signature begin with a bit that DER must hide behind a zero.
  for (const member of ["", ...Array.from({ length: 16 }, (_, place) => `đại-biểu-${place}`)]) {
    const pem = await requestOf(key, member);
    assert.match(pem, /^-----BEGIN CERTIFICATE REQUEST-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE REQUEST-----\n$/);
    const der = decodeStandard(pem.split("\n").slice(1, -2).join("")) ?? assert.fail("base64");
    const [asked, algorithm, bits] = readIn(readOne(der, TAG.sequence), TAG.sequence);
    const [version, name, spki, attributes] = readIn(asked, TAG.sequence);
    assert.equal(integer(version), 0n);
    assert.equal(attributes?.tag, 0xa0);
    assert.equal(readIn(algorithm, TAG.sequence).length, 1);
    const said = readIn(name, TAG.sequence).flatMap((set) => readIn(set, TAG.set)).map((one) => text(readIn(one, TAG.sequence)[1]));
    assert.deepEqual(said, member ? [member] : []);
    const held = createPublicKey({ key: Buffer.from(spki?.whole ?? []), format: "der", type: "spki" });
    assert.deepEqual(new Uint8Array(await crypto.subtle.exportKey("spki", key.publicKey)), spki?.whole);
    assert.ok(verifyDer("sha256", asked?.whole ?? assert.fail("request"), held, wholeBits(bits)));
  }
});

test("the private half of a key cannot be taken out", async () => {
  const { privateKey } = await makeKey();
  await assert.rejects(crypto.subtle.exportKey("pkcs8", privateKey));
});

test("what is signed is the message in its one form, as in proto/vectors", async () => {
  const key = await makeKey();
  const identity = { thumbprint: "A".repeat(43), key } as Identity;
  const publicKey = keyOf(new Uint8Array(await crypto.subtle.exportKey("spki", key.publicKey)), ["ES256"]);
  const signed = { act: [KINDS.act, wire.ActPayloadShape], login: [KINDS.login, wire.LoginPayloadShape], "floor-act": [KINDS.floor, wire.FloorActShape] } as const;
  const cases = vectors<{ cases: { message: string; text: string }[] }>("messages-good").cases.filter(({ message }) => message in signed);
  assert.ok(cases.length > 20);
  for (const { message, text: written } of cases) {
    const [kind, shape] = signed[message as keyof typeof signed];
    const parts = split(await signMessage(identity, kind, shape as Shape, JSON.parse(written) as object), kind);
    assert.equal(new TextDecoder().decode(parts.payload), written);
    assert.deepEqual(Object.keys(parts.header), ["alg", "typ", "cty", "x5t#S256", "iat"]);
    await verify(parts, publicKey);
  }
});

test("the ledger's key is pinned for all meetings, from the vkey of one", async () => {
  const { log_key: given } = vectors<{ log_key: string }>("note");
  const pin = await pinOf(given, "ky-hop-12");
  assert.equal(pin.origin, "plenary.local/voting");
  const { voting, floor } = await logKeys(pin, "ky-hop-12");
  assert.equal(voting, given);
  assert.deepEqual(await pinOf(floor, "ky-hop-12/floor"), pin);
  const bad = [given.replace("ky-hop-12", "ky-hop-13"), given.replace("7825eff0", "00000000"), `${given}A`, given.replace("+AZWn", "+AZWm"), ""];
  for (const one of bad) assert.equal(await result(() => pinOf(one, "ky-hop-12")), "checkpoint_wrong", one);
  assert.equal(await result(() => pinOf(given, "ky-hop-13")), "checkpoint_wrong");
});
