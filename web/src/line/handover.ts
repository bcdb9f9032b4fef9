// A certificate that one page fetched and another verifies: the page that verifies may ask nobody, not even this server.
import type { Bytes } from "../rules/bytes.ts";

const SHELF = "plenary.scanned";

/** A certificate.json, and the trust.pem that the same server showed. */
export interface Handed {
  readonly certificate: Bytes;
  readonly trust: Bytes;
}

/** Lay both down for the page that verifies, under the hash in the QR code. */
export async function handOver(sha256: string, { certificate, trust }: Handed): Promise<void> {
  const shelf = await caches.open(SHELF);
  await shelf.put(`/${sha256}/certificate`, new Response(certificate));
  await shelf.put(`/${sha256}/trust`, new Response(trust));
}

/** Take up what was laid down under this hash, once. */
export async function takeOver(sha256: string): Promise<Handed | undefined> {
  // Only where the page is served securely is there a place to lay things down.
  if (!("caches" in globalThis) || !sha256) return undefined;
  const shelf = await caches.open(SHELF);
  const [certificate, trust] = await Promise.all(["certificate", "trust"].map((name) => shelf.match(`/${sha256}/${name}`)));
  await caches.delete(SHELF);
  if (!certificate || !trust) return undefined;
  return { certificate: new Uint8Array(await certificate.arrayBuffer()), trust: new Uint8Array(await trust.arrayBuffer()) };
}
