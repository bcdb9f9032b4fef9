import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { codeIn, isCode, plainCode } from "../src/acts/enrol.ts";
import { NothingKept, take } from "../src/keys/shelf.ts";

type Handlers = { [name: string]: unknown };
let opened: Handlers[] = [];
let broken = 0;

/** As much of IndexedDB as a look at the shelf takes; a store of before `broken` was closed by the browser. */
const browser = {
  open() {
    const place = opened.length + 1;
    const database: Handlers = {
      close: () => undefined,
      transaction() {
        if (place <= broken) throw new DOMException("The database connection is closing.", "InvalidStateError");
        const transaction: Handlers = { objectStore: () => ({ get: () => ({ result: `from ${place}` }) }) };
        setImmediate(() => (transaction["oncomplete"] as () => void)());
        return transaction;
      },
    };
    opened = [...opened, database];
    const request: Handlers = { result: database };
    setImmediate(() => (request["onsuccess"] as () => void)());
    return request;
  },
};

function withIndexedDb(value: unknown): void {
  Object.defineProperty(globalThis, "indexedDB", { value, configurable: true });
}

afterEach(() => { (opened.at(-1)?.["onclose"] as (() => void) | undefined)?.(); opened = []; broken = 0; });

test("where the browser forbids a store, or has none, nothing is kept: that is said, and no other fault", async () => {
  withIndexedDb({ open() { throw new DOMException("denied", "SecurityError"); } });
  await assert.rejects(take("votes", "x"), NothingKept);
  withIndexedDb(undefined);
  await assert.rejects(take("votes", "x"), NothingKept);
});

test("a store that the browser closed behind our back is opened anew, once; data cleared elsewhere, too", async () => {
  withIndexedDb(browser);
  assert.equal(await take("votes", "x"), "from 1");
  broken = 1;
  assert.equal(await take("votes", "x"), "from 2");
  (opened[1]?.["onversionchange"] as () => void)();
  assert.equal(await take("votes", "x"), "from 3");
  broken = 99;
  await assert.rejects(take("votes", "x"), NothingKept);
  assert.equal(opened.length, 4);
});

test("an invite is found in its address, however it is escaped; wrongly escaped it is no code, and breaks nothing", () => {
  const code = "0123456789ABCDEFGHJKMNPQRSTV";
  for (const typed of [code, `#moi=${code}`, `https://hop.vn/phone#moi=${code.replace("A", "%41")}`, code.replace(/(.{4})/g, "$1-").toLowerCase()]) assert.equal(plainCode(typed).slice(0, 28), code);
  assert.equal(codeIn("#moi=%"), "%");
  assert.equal(isCode("#moi=%E0%A4%A"), false);
  assert.equal(codeIn("#hop=x"), "");
});
