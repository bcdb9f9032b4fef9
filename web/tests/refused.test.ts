// A refusal in words: Vietnamese says nothing in English, whatever it is told.
import assert from "node:assert/strict";
import test from "node:test";
import { WORDS } from "../src/refusal_words.ts";
import * as why from "../src/refusals.ts";
import { callFacts, Refused } from "../src/rules/refused.ts";

const said = (refusal: (typeof why)[keyof typeof why], facts: Record<string, string | number>) => new Refused(refusal, facts);

test("a fact in words is said in Vietnamese; a refusal within another, by its sentence", () => {
  callFacts(WORDS);
  assert.equal(said(why.COUNT_WRONG, { what: "two counts differ" }).text("vi"), "Số phiếu kiểm lại không bằng số đã ghi: hai lần kiểm không khớp.");
  assert.equal(said(why.BALLOT_WRONG, { index: 7, what: "not_on_roll" }).text("vi"), "Phiếu ở dòng 7 của sổ phiếu không được tính: đại biểu không có tên trong danh sách biểu quyết.");
  assert.equal(said(why.BALLOT_WRONG, { index: 7, what: "not_on_roll" }).text("en"), "The ballot at line 7 of the ledger cannot count: not_on_roll.");
});

test("one that has no Vietnamese is left out with its colon; a sign of no language stays", () => {
  callFacts(WORDS);
  assert.equal(said(why.COUNT_WRONG, { what: "something odd" }).text("vi"), "Số phiếu kiểm lại không bằng số đã ghi.");
  assert.equal(said(why.KEY_NOT_TAKEN, { what: "RSA 1024" }).text("vi"), "Loại khóa này không được chấp nhận: RSA 1024. Hãy dùng P-256, RSA từ 2048 đến 4096 bit, hoặc Ed25519.");
});

// Those that say something, and are not the name or the number of something.
const TOLD = ["what", "state", "act", "reason", "role", "who", "stances", "place"];

test("before the words are loaded nothing is said in English either", () => {
  callFacts({});
  for (const refusal of Object.values(why)) {
    const names = [...refusal.vi.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name ?? "", "presides over the title"]);
    const text = said(refusal, Object.fromEntries(names.filter(([name]) => TOLD.includes(name ?? "")))).text("vi").replace(/\{\w+\}/g, "7");
    assert.doesNotMatch(text, /presides|title|: *\./, text);
  }
  callFacts(WORDS);
});
