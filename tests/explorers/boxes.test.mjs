// Boxes against vectors from cnnutils.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { encode, overlap, suppress } = await load("boxes.mjs");
const vectors = read("boxes.json");
const near = (got, want) => got.forEach((value, n) => assert.ok(Math.abs(value - want[n]) <= 1e-12, `${got}, not ${want}`));

for (const [n, { boxes, scores, threshold, iou, kept }] of vectors.suppressed.entries()) {
  test(`six boxes, case ${n}`, () => {
    near(boxes.flatMap((a) => boxes.map((b) => overlap(a, b).iou)), iou);
    const steps = suppress(boxes, scores, threshold);
    assert.deepEqual(steps.map((step) => step.kept), kept);
    // Every box is kept or dropped, once; who drops it has more than the threshold with it.
    const gone = steps.flatMap(({ dropped }) => dropped.map((one) => one.n));
    assert.deepEqual([...kept, ...gone].sort(), scores.map((_, box) => box));
    for (const { kept: best, dropped, stay } of steps) {
      near([...dropped, ...stay].map((one) => one.iou), [...dropped, ...stay].map((one) => iou[best * 6 + one.n]));
      assert.ok(dropped.every((one) => one.iou > threshold) && stay.every((one) => one.iou <= threshold));
    }
  });
}

for (const [n, { box, anchors, place, anchor, ious, entry }] of vectors.encoded.entries()) {
  test(`a box and three anchors, case ${n}`, () => {
    const found = encode(box, anchors, 8, [3, 4]);
    assert.deepEqual(found.place, place);
    assert.equal(found.anchor, anchor);
    near(found.ious, ious);
    near(found.entry, entry);
    assert.deepEqual(found.middle, [(box[1] + box[3]) / 2, (box[0] + box[2]) / 2]);
  });
}

test("what two boxes share, by hand", () => {
  // 4 × 4 and 4 × 4, shifted by 2 to the right and 1 down: 2 × 3 are shared, 26 covered.
  assert.deepEqual(overlap([0, 0, 4, 4], [2, 1, 6, 5]),
    { width: 2, height: 3, areas: [16, 16], shared: 6, union: 26, iou: 6 / 26 });
  assert.equal(overlap([0, 0, 4, 4], [4, 0, 8, 4]).shared, 0, "an edge has no area");
  assert.equal(overlap([3, 3, 3, 3], [3, 3, 3, 3]).iou, 0, "nor has a point");
});

test("an IoU that equals the threshold is no reason to go", () => {
  // 3 × 4 of 6 × 4 shared: 12 / (24 + 12 − 12), a half
  const pair = [[0, 0, 6, 4], [0, 0, 3, 4]];
  assert.equal(suppress(pair, [0.9, 0.8], 0.5).length, 2);
  assert.equal(suppress(pair, [0.9, 0.8], 0.3).length, 1);
});

test("the last edge of the picture belongs to the last cell", () => {
  assert.deepEqual(encode([31, 23, 33, 25], [[1, 1]], 8, [3, 4]).place, [2, 3]);
});
