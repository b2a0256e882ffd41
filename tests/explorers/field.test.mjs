// Receptive fields against vectors from cnnutils.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { levels, ways } = await load("field.mjs");
const vectors = read("receptive.json");

for (const [n, { pixels, layers, counts, sizes, jumps, cell, gradient }] of vectors.stacks.entries()) {
  test(`a stack, case ${n}`, () => {
    const found = levels(pixels, layers);
    assert.deepEqual(found.map(({ count }) => count), counts);
    assert.deepEqual(found.map(({ size }) => size), sizes);
    assert.deepEqual(found.map(({ jump }) => jump), jumps);
    assert.deepEqual(ways(pixels, layers, cell)[0], gradient);
  });
}

test("three windows of 3 by hand", () => {
  const layers = Array(3).fill({ window: 3, stride: 1, dilation: 1 });
  // 1 1 1, then 1 2 3 2 1, then 1 3 6 7 6 3 1
  assert.deepEqual(ways(7, layers, 0), [[1, 3, 6, 7, 6, 3, 1], [1, 2, 3, 2, 1], [1, 1, 1], [1]]);
});

test("a window that does not fit ends the stack", () => {
  const layers = [{ window: 3, stride: 2, dilation: 1 }, { window: 3, stride: 1, dilation: 2 }];
  // 8 pixels: places 0, 2, 4; a window of 3 with gaps of 2 spans 5
  assert.deepEqual(levels(8, layers).map(({ count }) => count), [8, 3]);
});
