import assert from "node:assert/strict";
import { test } from "node:test";
import { drawAll, halfCircle, SIGNS, type Sign } from "../src/views/glyphs.ts";

const COUNTS = [1, 2, 3, 5, 9, 35, 95, 200, 473, 500, 1_000, 2_500, 5_000];

test("a hemicycle has exactly as many places as members, within the half circle, none on another", () => {
  for (const count of COUNTS) {
    const { points, r } = halfCircle(count);
    assert.equal(points.length, count);
    for (const { x, y } of points) assert.ok(Math.hypot(x, y) <= 1 + 1e-9 && y <= 1e-9, `${count}`);
    assert.ok(nearest(points) >= 2 * r, `${count}: ${nearest(points)} < ${2 * r}`);
  }
});

test("its places go from left to right, so that each choice is one wedge", () => {
  const { points } = halfCircle(473);
  const angles = points.map(({ x, y }) => Math.atan2(-y, x));
  for (const [at, angle] of angles.entries()) assert.ok(at === 0 || angle <= (angles[at - 1] ?? 0) + 1e-9);
});

test("it uses the room there is: five thousand are not drawn as if they were more", () => {
  const { points, r } = halfCircle(5_000);
  const area = points.length * Math.PI * r * r;
  assert.ok(area > 0.35 * (Math.PI / 2) * (1 - 0.38 ** 2), `${area}`);
});

test("no two signs are drawn alike, and thousands of them are a path or two each", () => {
  const shapes = (Object.keys(SIGNS) as Sign[]).map((sign) => {
    const { body, mark } = SIGNS[sign];
    // Hollow ones are told apart from filled ones by the style.
    return `${body(9)(0, 0)}|${mark?.(9)(0, 0) ?? ""}`;
  });
  const alike = shapes.filter((shape, at) => shapes.indexOf(shape) !== at);
  assert.deepEqual(alike, []);
  const points = Array.from({ length: 5_000 }, (_, at) => ({ x: at, y: 0, sign: (at % 2 ? "approve" : "none") as Sign }));
  const drawn = drawAll(points, 4);
  assert.deepEqual(drawn.map(({ sign, body }) => [sign, body.split("M").length - 1]), [["approve", 2_500], ["none", 2_500]]);
});

function nearest(points: readonly { x: number; y: number }[]): number {
  const near = (one: number) => points.slice(one + 1, one + 400).reduce((least, point) => {
    const from = points[one] ?? point;
    return Math.min(least, Math.hypot(point.x - from.x, point.y - from.y));
  }, Infinity);
  return points.reduce((least, _, at) => Math.min(least, near(at)), Infinity);
}
