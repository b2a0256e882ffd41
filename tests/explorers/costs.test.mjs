// Costs of layers against vectors from cnnutils.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { convCost, depthwiseCost } = await load("costs.mjs");
const vectors = read("costs.json");

for (const [n, { shape, filters, kernel, options, output, ...counts }] of vectors.convolved.entries()) {
  test(`a convolution, case ${n}`, () => {
    assert.deepEqual(convCost(shape, filters, kernel, options), { ...counts, shape: output });
  });
}

for (const [n, { shape, kernel, options, output, ...counts }] of vectors.depthwise.entries()) {
  test(`a depthwise convolution, case ${n}`, () => {
    assert.deepEqual(depthwiseCost(shape, kernel, options), { ...counts, shape: output });
  });
}

test("the chapter's example by hand", () => {
  // 6 × 6 × 3, windows of 3 × 3: 4 · 4 places; 27 · 5 weights, and 27 weights
  assert.equal(convCost([6, 6, 3], 5, [3, 3], { bias: false }).macs, 2160);
  assert.equal(depthwiseCost([6, 6, 3], [3, 3], { bias: false }).macs, 432);
  assert.equal(convCost([4, 4, 3], 5, [1, 1], { bias: false }).macs, 240);
});
