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

test("a name is read as pyHanko spells it, each mark by its octal number, and no other name is", async () => {
  const marked = "-_".repeat(21) + "a";
  const spelled = marked.replaceAll("-", "\\055").replaceAll("_", "\\137");
  assert.equal(await result(() => mustName(page(marked, spelled), marked)), "good");
  for (const other of [spelled.replace("055", "056"), `${spelled}\\055`, spelled.replace("\\055", ""), "\\"]) {
    assert.equal(await result(() => mustName(page(marked, other), marked)), "pdf_attachment_wrong", other);
  }
});
