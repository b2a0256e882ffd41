// Pooling against vectors from Keras and cnnutils, and what shifts do to pooled maps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { compare, members, plan, pool, shifted, winner } = await load("pooling.mjs");
const vectors = read("pooling.json");

for (const [n, { window, options, image, winners, ...maps }] of vectors.pooled.entries()) {
  test(`pooling, case ${n}`, () => {
    for (const [kind, map] of Object.entries(maps)) {
      const found = pool(kind, image, window, options);
      assert.deepEqual(found.map((row) => row.length), map.map((row) => row.length));
      const worst = Math.max(...map.flat().map((value, i) => Math.abs(value - found.flat()[i])));
      assert.ok(worst <= 1e-6, `${kind} is off by ${worst}`);
    }
    const moves = plan("max", image, window, options);
    assert.deepEqual(winners, maps.max.flatMap((row, i) => row.map((_, j) => {
      const places = members(moves, i, j);
      return places[winner(places.map(([y, x]) => image[y][x]))];
    })));
  });
}

for (const { kind, size: [rows, columns], window, padding, message } of vectors.refused) {
  test(`refused: ${message}`, () => {
    const image = Array.from({ length: rows }, () => Array(columns).fill(1));
    assert.throws(() => pool(kind, image, window, { padding }), { message });
  });
}

for (const [n, { image, shift, window, strides, places, shifted: moved, ...counts }] of vectors.shifts.entries()) {
  test(`a shift, case ${n}`, () => {
    assert.deepEqual(shifted(image, shift), moved);
    for (const [kind, count] of Object.entries(counts)) {
      const [before, after] = [image, moved].map((rows) => pool(kind, rows, window, { strides }));
      assert.deepEqual(compare(before, after, places), count);
    }
  });
}

test("a shift by a stride moves the map by a place, by hand", () => {
  // 0 0 8 8 0 0 in windows of two: 0 8 0; moved by one: 0 8 8; moved by two: 0 0 8
  const row = [[0, 0, 8, 8, 0, 0]];
  const maxima = (right) => pool("max", shifted(row, [0, right]), [1, 2]);
  assert.deepEqual([0, 1, 2].map((right) => maxima(right)[0]), [[0, 8, 0], [0, 8, 8], [0, 0, 8]]);
  assert.deepEqual(compare(maxima(0), maxima(1)), { changed: 1, came: 2, common: 3 });
  assert.deepEqual(compare(maxima(0), maxima(2), [0, 1]), { changed: 2, came: 2, common: 2 });
});
