// What our press attaches to a certificate.pdf or minutes.pdf. The sealed file is proven by itself: a PDF that is written otherwise, or
// carries another file, can only make this fail. The seal on the PDF is for `pdf_seal.ts`.
import * as why from "../refusals.ts";
import type { Extract } from "../wire.ts";
import { bytesOf, same, type Bytes } from "./bytes.ts";
import { write } from "./json.ts";
import { refuse } from "./refused.ts";

/** The sealed files that persons sign. */
export type PaperFile = "certificate.json" | "minutes.json";

const LARGEST = 300_000_000;

/** Whether the bytes call themselves a PDF. */
export function isPdf(file: Bytes): boolean {
  return String.fromCharCode(...file.subarray(0, 5)) === "%PDF-";
}

/** Whether a PDF has the fields that persons sign (certificate.signed.pdf); nothing is verified here. */
export function isSignedPdf(file: Bytes): boolean {
  return new TextDecoder("latin1").decode(file).includes("/T(ThuKy)");
}

/** Which of them a PDF attaches, by its name alone, or ""; nothing is verified here. */
export function namedIn(pdf: Bytes): PaperFile | "" {
  const text = new TextDecoder("latin1").decode(pdf);
  return (["minutes.json", "certificate.json"] as const).find((name) => text.includes(`/Type/Filespec/F(${name})/UF(${name})`)) ?? "";
}

/** The bytes of an attached file of this name. Refuses with pdf_attachment_wrong. */
export function fileIn(pdf: Bytes, name: PaperFile): Promise<Bytes> {
  return attached(pdf, name);
}

/** Refuse with pdf_attachment_wrong unless the attached ledger.jsonl is this ledger: `services/rules/ledger_file.py`. */
export async function mustCarry(pdf: Bytes, { origin, log_key, start, frontier, lines, checkpoint }: Extract): Promise<void> {
  const written = [write({ origin, log_key, start, frontier }), ...lines, write({ checkpoint }), ""].join("\n");
  if (!same(await attached(pdf, "ledger.jsonl"), bytesOf(written))) wrong("ledger.jsonl");
}

/** Refuse with pdf_attachment_wrong unless the document names this hash, the one that its QR code and footer show. */
export function mustName(pdf: Bytes, sha256: string): void {
  const named = [...new TextDecoder("latin1").decode(pdf).matchAll(/\/Keywords ?\(([^)]*)\)/g)].map(([, one]) => unescaped(one!));
  if (!named.length || named.some((one) => one !== sha256)) wrong("hash in the document");
}

async function attached(pdf: Bytes, name: string): Promise<Bytes> {
  // One character a byte, so that places in the text are places in the file.
  const text = new TextDecoder("latin1").decode(pdf);
  const quoted = name.replace(".", "\\.");
  const [, number] = only(text.matchAll(new RegExp(`/Type/Filespec/F\\(${quoted}\\)/UF\\(${quoted}\\)/EF<</F (\\d{1,9}) 0 R`, "g")), name);
  const found = only(text.matchAll(new RegExp(`\\n${number} 0 obj\\s*<</Length (\\d{1,9})/Type/EmbeddedFile/Filter/FlateDecode[^\\n]*>>\\s*stream\\n`, "g")), name);
  const start = found.index + found[0].length;
  return inflate(pdf.slice(start, start + Number(found[1])), name);
}

// The seal's writer spells all but letters and digits by their octal number: ISO 32000-1, 7.3.4.2.
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function only<T>(found: Iterable<T>, name: string): T {
  const [one, ...more] = found;
  return one !== undefined && !more.length ? one : wrong(name);
}

async function inflate(deflated: Bytes, name: string): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = stream.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      length += piece.value.length;
      if (length > LARGEST) return wrong(name);
    }
  } catch (error) {
    if (error instanceof TypeError) return wrong(name);
    throw error;
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

function wrong(what: string): never {
  return refuse(why.PDF_ATTACHMENT_WRONG, { what });
}
