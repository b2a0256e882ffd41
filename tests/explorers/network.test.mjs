// Stacks of layers against vectors from Keras and from cnnutils.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const network = await load("network.mjs");
const vectors = read("network.json");
const counted = ({ input, layers }) => network.count(network.read(`input-${input}`), layers.split(",").map(network.read));

for (const { rows, ...written } of vectors.fitting) {
  test(`${written.input}: ${written.layers}`, () => {
    const found = counted(written);
    assert.equal(found.wrong, "");
    assert.deepEqual(found.rows.map(({ shape, params, macs }) => [shape, params, macs]), rows);
    assert.equal(written.layers.split(",").map(network.read).map(network.write).join(), written.layers);
  });
}

for (const { fits, message, ...written } of vectors.refused) {
  test(`refused: ${written.layers}: ${message}`, () => {
    const { rows, wrong } = counted(written);
    assert.equal(wrong, message);
    assert.equal(rows.length, fits + 1);
  });
}

test("the two totals of the chapter's LeNet-5", () => {
  const layers = "conv-6-5,avg-2,conv-16-5,avg-2,flat,dense-120,dense-84,dense-10";
  const { rows } = counted({ input: "32-32-1", layers });
  // 156 + 2,416 + 48,120 + 10,164 + 850, and 150 · 28² + 2,400 · 10² + 400 · 120 + 120 · 84 + 84 · 10
  assert.deepEqual([network.total(rows, "params"), network.total(rows, "macs")], [61706, 416520]);
});

test("dense layers want a row of numbers", () => {
  const { rows, wrong } = counted({ input: "6-7-2", layers: "mean,dense-3,flat,dense-4" });
  assert.deepEqual([rows.length, wrong], [5, ""]);
  assert.equal(counted({ input: "6-7-2", layers: "dense-3" }).wrong,
    "a dense layer needs one row of numbers, got 6 × 7 × 2: flatten them first.");
});

test("what cannot be counted exactly is not counted", () => {
  const { rows, wrong } = counted({ input: "9999-9999-999", layers: "conv-9999-9-1-same" });
  assert.equal(rows.length, 1);
  assert.match(wrong, /too many multiplications/);
});

test("what need not be written is as usual, and is not written", () => {
  assert.deepEqual(network.read("max-3"), { kind: "max", window: 3, stride: 3, padding: "valid" });
  assert.deepEqual(network.read("conv-8-3"),
    { kind: "conv", filters: 8, window: 3, stride: 1, padding: "valid", groups: 1 });
  for (const text of ["max-3", "max-3-1", "avg-2-2-same", "conv-8-3-1-valid-2", "flat", "dense-1"]) {
    assert.equal(network.write(network.read(text)), text);
  }
});

test("what makes no sense is no layer", () => {
  for (const text of ["", "relu", "toString", "conv", "conv-6", "conv-0-5", "conv-6-x", "conv-6-5-1-full", "conv-6-5--same",
    "dense", "dense-1.5", "dense-10000", "dense-4-4", "flat-1", "max-2-2-valid-1", "max--2"]) {
    assert.equal(network.read(text), null, text);
  }
});

test("numbers are refused in cnnutils' words", () => {
  for (const { field, text, message } of vectors.numbers) assert.equal(network.complaint(field, text), message);
  assert.equal(network.complaint("units", ""), "units must be an integer.");
  assert.equal(network.complaint("units", "10000"), "units must be at most 9999 here, got 10000.");
  assert.equal(network.complaint("units", "9999"), "");
});
