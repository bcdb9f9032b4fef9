// What the extensions of one X.509 certificate say (RFC 5280 4.2): `services/rules/certified.py`. Each raises NotDer for what is malformed.
import { boolean, integer, namedBits, NotDer, oid, readIn, readOne, TAG, type Element } from "./der.ts";
import { type Certificate } from "./x509.ts";

const OID = { basicConstraints: "2.5.29.19", keyUsage: "2.5.29.15", extendedKeyUsage: "2.5.29.37", policies: "2.5.29.32" } as const;

/** BasicConstraints: whether it is an authority, and how many more may stand under it (undefined: any number). */
export function constraintsOf(certificate: Certificate): { ca: boolean; below: number | undefined } | undefined {
  const found = certificate.extensions.get(OID.basicConstraints);
  if (!found) return undefined;
  const parts = readIn(readOne(found.value, TAG.sequence), TAG.sequence);
  const ca = parts[0]?.tag === TAG.boolean ? boolean(parts.shift()) : undefined;
  const below = parts.length ? integer(parts.shift()) : undefined;
  if (parts.length || ca === false || (below !== undefined && (below < 0n || below >> 64n || !ca))) throw new NotDer();
  return { ca: ca ?? false, below: below === undefined ? undefined : Number(below) };
}

/** KeyUsage: the numbers of its bits (RFC 5280 4.2.1.3). */
export function usageOf(certificate: Certificate): ReadonlySet<number> | undefined {
  const found = certificate.extensions.get(OID.keyUsage);
  const bits = found && namedBits(readOne(found.value, TAG.bitString));
  // To encipher or decipher only says how keys are agreed on; alone it says nothing (RFC 5280 4.2.1.3).
  if (bits && (bits.has(7) || bits.has(8)) && !bits.has(4)) throw new NotDer();
  return bits;
}

/** ExtendedKeyUsage: its purposes as dotted texts. */
export function purposesOf(certificate: Certificate): readonly string[] | undefined {
  const found = certificate.extensions.get(OID.extendedKeyUsage);
  return found && readIn(readOne(found.value, TAG.sequence), TAG.sequence).map(oid);
}

/** CertificatePolicies: its policies as dotted texts. */
export function policiesOf(certificate: Certificate): readonly string[] {
  const found = certificate.extensions.get(OID.policies);
  const all = found ? readIn(readOne(found.value, TAG.sequence), TAG.sequence) : [];
  return all.map((one) => {
    const [policy, qualifiers, ...more] = readIn(one, TAG.sequence);
    if (more.length || (qualifiers && !readIn(qualifiers, TAG.sequence).every(isQualifier))) throw new NotDer();
    return oid(policy);
  });
}

/** An address of a statement of practice, or a notice (RFC 5280 4.2.1.4). */
function isQualifier(qualifier: Element): boolean {
  const [kind, value, ...more] = readIn(qualifier, TAG.sequence);
  const wanted = { "1.3.6.1.5.5.7.2.1": TAG.ia5, "1.3.6.1.5.5.7.2.2": TAG.sequence }[oid(kind)];
  return !more.length && value !== undefined && value.tag === wanted;
}

const LINK_POLICY = "2.25.263503441224358092656128688260488835665.3";

/** Whether a person's certificate says that another authority certified its key, too. */
export function isLink(certificate: Certificate): boolean {
  return policiesOf(certificate).includes(LINK_POLICY);
}
