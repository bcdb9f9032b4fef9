import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf } from "../src/acts/own_votes.ts";
import { codesOf, seek } from "../src/verify/own.ts";
import type { Roll } from "../src/wire.ts";

const entry = (member: string, name: string, seat: string): Roll["entries"][number] => ({ member, name, group: "", seat, attributes: {} });
const entries = [entry("d1", "Nguyễn Văn An", "A1"), entry("d2", "Đặng Thùy Dương", "A2"), entry("d12", "Nguyễn Thị Dương", "B12"), entry("a2", "Lê An", "C7")];
const sha256 = (letter: string) => letter.repeat(5).padEnd(43, "A");
const codes = codesOf({
  votes: new Map([["d1", { choice: "approve", index: 7, sha256: sha256("A") }], ["d2", { choice: "reject", index: 9, sha256: sha256("_") }]]),
  replaced: new Map([[sha256("Q"), "d2"]]),
});
const sought = (typed: string) => seek(entries, codes, typed).entries.map(({ member }) => member);

test("a name is found by the beginnings of its words, with or without marks", () => {
  assert.deepEqual(sought("dang thuy"), ["d2"]);
  assert.deepEqual(sought("Dương"), ["d2", "d12"]);
  assert.deepEqual(sought("  NGUYỄN "), ["d1", "d12"]);
  assert.deepEqual(sought("uyen"), []);
  assert.deepEqual(sought(" "), []);
});

test("an id or a seat names exactly; where one is both, both are meant", () => {
  assert.deepEqual(sought("D1"), ["d1"]);
  assert.deepEqual(sought("b12"), ["d12"]);
  assert.deepEqual(sought("A2"), ["d2", "a2"]);
});

test("a ballot's code is taken however it is typed, and says if its voter changed it later", () => {
  const code = codeOf({ sha256: sha256("A") });
  assert.equal(code, "0000-0000");
  for (const typed of [code, "oooo oooo", "00000000"]) assert.deepEqual([sought(typed), seek(entries, codes, typed).replaced], [["d1"], false], typed);
  assert.deepEqual(seek(entries, codes, codeOf({ sha256: sha256("_") })), { entries: [entries[1]], replaced: false });
  assert.deepEqual(seek(entries, codes, codeOf({ sha256: sha256("Q") }).toLowerCase()), { entries: [entries[1]], replaced: true });
  for (const other of ["constructor", "__proto__"]) assert.deepEqual(sought(other), []);
});
