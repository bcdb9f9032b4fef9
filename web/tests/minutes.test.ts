import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../src/rules/bytes.ts";
import { Anchors } from "../src/rules/credential.ts";
import * as minutes from "../src/rules/minutes.ts";
import { result, vectors, type Case } from "./vectors.ts";

const file = vectors<{ trust: string; cases: (Case & { file: string; polls?: [string, string][] })[] }>("minutes");

for (const one of file.cases) {
  test(`minutes: ${one.name}`, async () => {
    const anchors = await Anchors.read(file.trust);
    const prove = () => minutes.verify(bytesOf(one.file), anchors);
    assert.equal(await result(prove), one.result, one.catches);
    if (one.polls) assert.deepEqual((await prove()).statement.polls.map(({ poll, state }) => [poll, state]), one.polls);
  });
}
