// What the secretary's desk computes by itself: sheets, orders, seats on a grid, the cards of invites.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Declined, Unreachable } from "../src/line/server.ts";
import { boxOf, drawn, keyOfPlace, neighbour, placed } from "../src/secretary/drawing.ts";
import { numbered, withAt } from "../src/secretary/order.ts";
import { inviteAddress, pageFor, qrOf, qrPath } from "../src/secretary/qr.ts";
import { csvOf, lineAt, lineOf, peopleIn } from "../src/secretary/sheet.ts";
import { moved } from "../src/views/order.ts";
import type { SeatPlace } from "../src/wire.ts";

const place = (seat: string, x: number, y: number, member = ""): SeatPlace => ({ seat, member, x, y, row: "" });

test("a line of a sheet is found where a text field counts it", () => {
  const text = "mã,họ tên\nDB1,An\r\n\nDB2,Bình";
  assert.deepEqual(lineAt(text, 1), { start: 0, end: 9, line: "mã,họ tên" });
  assert.equal(lineAt(text, 2)?.line, "DB1,An");
  assert.equal(text.slice(lineAt(text, 4)?.start, lineAt(text, 4)?.end), "DB2,Bình");
  assert.equal(lineAt(text, 5), undefined);
  assert.equal(peopleIn(text), 2);
  assert.equal(peopleIn(""), 0);
});

test("only a refusal that names a line names one", () => {
  assert.equal(lineOf(new Declined({ code: "id_wrong", facts: { line: 4 } }, 422)), 4);
  for (const facts of [{}, { line: 0 }, { line: "4" }, { line: 1.5 }, null]) assert.equal(lineOf(new Declined({ code: "id_wrong", facts }, 422)), undefined);
  assert.equal(lineOf(new Unreachable()), undefined);
});

test("a sheet that leaves is quoted where it must be, and no cell is a formula", () => {
  assert.equal(csvOf([["Mã", "Tên"], ["a,b", 'c"d'], ["=1+1", -5]]), '\ufeffMã,Tên\r\n"a,b","c""d"\r\n\'=1+1,\'-5\r\n');
  assert.equal(csvOf([["ốm; =1+1", 'x;"=2', "một\n-3", "a;b - c"]]), '\ufeff"ốm;\' =1+1","x;\'""=2","một\n\'-3","a;b - c"\r\n');
  assert.equal(csvOf([["\uff1d1", " +1", '"@x']]), "\ufeff'\uff1d1,' +1,\"'\"\"@x\"\r\n");
});

test("a thing is moved within its list, never out of it", () => {
  const list = ["a", "b", "c"];
  assert.deepEqual(moved(list, 0, 2), ["b", "c", "a"]);
  assert.deepEqual(moved(list, 2, 0), ["c", "a", "b"]);
  for (const [from, to] of [[0, 3], [0, -1], [3, 0], [1, 1]] as const) assert.equal(moved(list, from, to), list);
  assert.deepEqual(withAt(list, 1, "x"), ["a", "x", "c"]);
});

test("items are numbered by their order, their texts composed", () => {
  const item = { id: "i", position: 9, title: " Kỳ họp ".normalize("NFD"), note: "", documents: [{ title: " Tờ trình ", sha256: "h" }] };
  assert.deepEqual(numbered([item, { ...item, id: "j" }]).map(({ position }) => position), [1, 2]);
  assert.equal(numbered([item])[0]?.title, "Kỳ họp".normalize("NFC"));
  assert.equal(numbered([item])[0]?.documents[0]?.title, "Tờ trình");
});

test("a seat is moved on the grid, never onto another, never off the plan", () => {
  const seats = [place("A1", 10, 10), place("A2", 30, 10), place("", 50, 10, "an")];
  assert.deepEqual(placed(seats, "seat A1", 17, 42)[0], place("A1", 15, 40));
  assert.equal(placed(seats, "seat A1", 24, 12), seats);
  assert.equal(placed(seats, "seat A1", 11, 9), seats);
  assert.equal(placed(seats, "seat Z", 100, 100), seats);
  assert.deepEqual(placed(seats, "member an", -50, 9999)[2], place("", 5, 4095, "an"));
  assert.deepEqual(drawn([place("A1", 10, 10, "binh"), place("", 50, 10, "an")]), [place("A1", 10, 10), place("", 50, 10, "an")]);
  assert.deepEqual(new Set(seats.map(keyOfPlace)).size, 3);
  assert.ok(boxOf(seats).width > 50 && boxOf([]).width > 0);
});

test("arrows go to the nearest seat ahead, rather straight than near", () => {
  const seats = [place("A1", 10, 10), place("A2", 30, 10), place("B1", 10, 30), place("B2", 22, 14)];
  const from = seats[0] as SeatPlace;
  assert.equal(neighbour(seats, from, 1, 0)?.seat, "A2");
  assert.equal(neighbour(seats, from, 0, 1)?.seat, "B1");
  assert.equal(neighbour(seats, from, -1, 0), undefined);
});

test("a card leads to the page of the weightiest role, its code in the fragment", () => {
  assert.equal(pageFor(["chair", "delegate"]), "/chair");
  assert.equal(pageFor(["secretary", "chair"]), "/secretary");
  assert.equal(pageFor(["delegate"]), "/phone");
  assert.equal(pageFor(["observer"]), "/hall");
  const address = new URL(inviteAddress("https://hdnd.example.vn", ["delegate"], "ABCD-1234"));
  assert.equal(address.pathname + address.hash, "/phone#moi=ABCD-1234");
});

test("a QR code says exactly its text, with its quiet zone, and its drawing has its modules", async () => {
  const { default: decode } = await import("qr/decode.js");
  const text = inviteAddress("https://hdnd.example.vn:8443", ["chair"], "HF1X-G6DP-7XAB-1YV1-QJH4-531Q-FZ9W");
  const modules = await qrOf(text);
  assert.ok(modules.slice(0, 4).every((row) => row.every((dark) => !dark)));
  const scale = 8;
  const size = modules.length * scale;
  const data = new Uint8Array(size * size * 4).fill(255);
  modules.forEach((row, y) => row.forEach((dark, x) => {
    for (let at = 0; dark && at < scale * scale; at++) data.fill(0, ((y * scale + Math.floor(at / scale)) * size + x * scale + (at % scale)) * 4, ((y * scale + Math.floor(at / scale)) * size + x * scale + (at % scale)) * 4 + 3);
  }));
  assert.equal(decode({ width: size, height: size, data }), text);
  const dark = [...qrPath(modules).matchAll(/h(\d+)v1/g)].reduce((sum, [, length]) => sum + Number(length), 0);
  assert.equal(dark, modules.flat().filter(Boolean).length);
});
