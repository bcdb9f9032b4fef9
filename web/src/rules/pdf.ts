// The certificate.json in a certificate.pdf, as our press attaches it. What is taken out is proven by itself: a PDF that
// is written otherwise, or carries another file, can only make this fail. The seal on the PDF's own pages is not
// looked at here; PDF readers and `plenary verify` do that.
import * as why from "../refusals.ts";
import type { Bytes } from "./bytes.ts";
import { refuse } from "./refused.ts";

const LARGEST = 300_000_000;

/** Whether the bytes call themselves a PDF. */
export function isPdf(file: Bytes): boolean {
  return String.fromCharCode(...file.subarray(0, 5)) === "%PDF-";
}

/** The bytes of the attached certificate.json. Refuses with pdf_attachment_wrong. */
export async function certificateIn(pdf: Bytes): Promise<Bytes> {
  // One character a byte, so that places in the text are places in the file.
  const text = new TextDecoder("latin1").decode(pdf);
  const [, number] = only(text.matchAll(/\/Type\/Filespec\/F\(certificate\.json\)\/UF\(certificate\.json\)\/EF<<\/F (\d{1,9}) 0 R/g));
  const found = only(text.matchAll(new RegExp(`\\n${number} 0 obj\\s*<</Length (\\d{1,9})/Type/EmbeddedFile/Filter/FlateDecode[^\\n]*>>\\s*stream\\n`, "g")));
  const start = found.index + found[0].length;
  return inflate(pdf.slice(start, start + Number(found[1])));
}

function only<T>(found: Iterable<T>): T {
  const [one, ...more] = found;
  return one !== undefined && !more.length ? one : wrong();
}

async function inflate(deflated: Bytes): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = stream.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      length += piece.value.length;
      if (length > LARGEST) return wrong();
    }
  } catch (error) {
    if (error instanceof TypeError) return wrong();
    throw error;
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

function wrong(): never {
  return refuse(why.PDF_ATTACHMENT_WRONG, { what: "certificate.json" });
}
