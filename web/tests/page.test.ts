import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../src/rules/bytes.ts";
import { mustName } from "../src/rules/pdf.ts";
import { result } from "./vectors.ts";

const [ours, other] = ["A".repeat(43), "B".repeat(43)];
// As Typst writes it, and as the press writes it once more with the seal.
const page = (...named: string[]) => bytesOf(`%PDF-1.7\n${named.map((one, place) => `<</Keywords${place ? " " : ""}(${one})>>\n`).join("")}`);

test("a page names the certificate that it carries, wherever it names one", async () => {
  assert.equal(await result(() => mustName(page(ours, ours), ours)), "good");
  for (const named of [[], [other], [ours, other], [other, ours], [""]]) {
    assert.equal(await result(() => mustName(page(...named), ours)), "pdf_attachment_wrong", named.join());
  }
});
