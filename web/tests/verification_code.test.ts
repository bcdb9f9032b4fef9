import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../src/rules/bytes.ts";
import { verificationCode } from "../src/rules/verification_code.ts";
import { vectors, type Case } from "./vectors.ts";

interface Coded extends Omit<Case, "result"> {
  readonly input: string;
  readonly code: string;
}

for (const one of vectors<{ cases: readonly Coded[] }>("verification-codes").cases) {
  test(`verification code: ${one.name}, ${one.code}`, async () => {
    assert.equal(await verificationCode(bytesOf(one.input)), one.code, one.catches);
  });
}
