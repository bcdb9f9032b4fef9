// A text that says nothing, told apart as `str.strip` of Python does it: by every point of Unicode.
import assert from "node:assert/strict";
import test from "node:test";
import { isBlank } from "../src/rules/text.ts";

// `[point for point in range(0x110000) if chr(point).isspace()]`
const SPACE = [
  ...range(0x09, 0x0d), ...range(0x1c, 0x20), 0x85, 0xa0, 0x1680, ...range(0x2000, 0x200a), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}

test("space is what it is in Python, and nothing else", () => {
  const found = range(0, 0x10ffff).filter((point) => isBlank(String.fromCodePoint(point)));
  assert.deepEqual(found, SPACE);
});

test("all of a text must be space; no text is none", () => {
  assert.ok(isBlank("") && isBlank(" \u0085\u001c"));
  assert.ok(!isBlank("\ufeff") && !isBlank(" x ") && !isBlank("\n."));
});
