// Costs of layers against vectors from cnnutils.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { convCost, denseCost, depthwiseCost, poolCost } = await load("costs.mjs");
const vectors = read("mobilenet.json");

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

for (const [n, { shape, window, options, output }] of vectors.pooled.entries()) {
  test(`pooling, case ${n}`, () => {
    assert.deepEqual(poolCost(shape, window, options), { params: 0, macs: 0, shape: output });
  });
}

test("dense layers", () => {
  for (const { size, units, params, macs } of vectors.dense) {
    assert.deepEqual(denseCost(size, units), { params, macs, shape: [units] });
  }
});

test("groups that do not divide, and windows that do not fit", () => {
  const options = { groups: 2 };
  assert.throws(() => convCost([6, 6, 3], 4, [3, 3], options), /3 input channels, 4 filters and 2 groups/);
  assert.throws(() => convCost([6, 6, 4], 3, [3, 3], options), /4 input channels, 3 filters and 2 groups/);
  for (const shape of [[4, 6, 1], [6, 4, 1]]) {
    assert.throws(() => poolCost(shape, 5, { padding: "valid" }), /the window \(5, 5\) does not fit/);
  }
});

test("the chapter's example by hand", () => {
  // 6 × 6 × 3, windows of 3 × 3: 4 · 4 places; 27 · 5 weights, and 27 weights
  assert.equal(convCost([6, 6, 3], 5, [3, 3], { bias: false }).macs, 2160);
  assert.equal(depthwiseCost([6, 6, 3], [3, 3], { bias: false }).macs, 432);
  assert.equal(convCost([4, 4, 3], 5, [1, 1], { bias: false }).macs, 240);
});
