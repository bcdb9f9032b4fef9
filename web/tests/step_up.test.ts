import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../src/rules/base64url.ts";
import * as stepUp from "../src/rules/step_up.ts";
import type { StepUpEvidence } from "../src/wire.ts";
import { result, vectors } from "./vectors.ts";

const file = vectors<{ origins: string[]; payload: string; cases: { name: string; refused: string; evidence: StepUpEvidence }[] }>("step-ups");
// Whether a passkey could be backed up when it was made, only the house knows; the device says it of itself.
const HOUSE = "not eligible any more";

for (const { name, refused, evidence } of file.cases.filter((one) => one.name !== HOUSE)) {
  test(`step-up: ${name}`, async () => {
    const origin = file.origins[0] ?? assert.fail();
    const found = await result(() => stepUp.verify(evidence, decode(file.payload), { when: "optional", origin }));
    assert.equal(found, refused || "good");
  });
}
