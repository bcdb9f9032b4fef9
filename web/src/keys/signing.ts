import { bytesOf, type Bytes } from "../rules/bytes.ts";
import { write } from "../rules/json.ts";
import { signatureDer } from "../rules/der.ts";
import { sign, type Kind } from "../rules/jws.ts";
import { signLow } from "../rules/keys.ts";
import { shaped, type Shape } from "../rules/shape.ts";
import type { Identity } from "./identity.ts";

/** Exactly these bytes as a compact JWS (ES256), signed by this person now. */
export function signJws({ key, thumbprint }: Identity, kind: Kind, payload: Bytes): Promise<string> {
  return sign(kind, payload, key.privateKey, thumbprint, Math.floor(Date.now() / 1000));
}

/** A message in the one form in which Plenary writes it, defaults written out, signed by this person now. */
export function signMessage(identity: Identity, kind: Kind, shape: Shape, message: object): Promise<string> {
  return signJws(identity, kind, bytesOf(write(shaped(shape, message))));
}

/** These bytes, signed by this person, as JWS has a signature: r‖s. */
export function signRaw({ key }: Identity, bytes: Bytes): Promise<Bytes> {
  return signLow(key.privateKey, bytes);
}

/** These bytes, signed by this person, as CMS has a signature: DER. */
export async function signDer(identity: Identity, bytes: Bytes): Promise<Bytes> {
  return signatureDer(await signRaw(identity, bytes));
}
