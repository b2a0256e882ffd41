// Embeddings on a circle against vectors from cnnutils.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { curve, descend, errors, pairsOf, squared, triplet } = await load("faces.mjs");
const vectors = read("triplets.json");
const near = (got, want, far = 2e-9) => {
  assert.equal(got.length, want.length);
  got.forEach((value, n) => assert.ok(Math.abs(value - want[n]) <= far, `${got}, not ${want}`));
};

for (const [n, { points, margin, gradient, ...want }] of vectors.triplets.entries()) {
  test(`a triplet, case ${n}`, () => {
    const got = triplet(points, margin);
    near([got.near, got.far, got.loss], [want.near, want.far, want.loss]);
    assert.equal(got.kind, want.kind);
    if (gradient) near(got.gradient, gradient, 2e-5);
    // Where a point goes, the others go as well: a turn of all three changes nothing.
    near([got.gradient[0]], [-got.gradient[1] - got.gradient[2]]);
  });
}

for (const [n, want] of vectors.galleries.entries()) {
  test(`a gallery, case ${n}`, () => {
    const pairs = pairsOf(want.points, want.people);
    assert.deepEqual(errors(pairs, want.threshold), { accepts: want.accepts, rejects: want.rejects });
    const { sames, others, steps, meet } = curve(pairs);
    near(steps.slice(1).map(({ threshold }) => threshold), want.thresholds);
    near(steps.map(({ accepts }) => accepts / others), want.false_accept_rate);
    near(steps.map(({ rejects }) => 1 - rejects / sames), want.true_accept_rate);
    near([meet.rate, meet.threshold], want.equal, 2e-8);
    // One rate can only grow with the threshold, the other only shrink.
    steps.slice(1).forEach(({ accepts, rejects }, k) => assert.ok(accepts >= steps[k].accepts && rejects <= steps[k].rejects));
  });
}

test("by hand", () => {
  // A right angle: 1 + 1; 60 degrees: a triangle with three equal sides; opposite: 2 · 2.
  assert.deepEqual([90, 60, 180, 0, 450].map((angle) => squared(angle, 0)), [2, 1, 4, 0, 2]);
  const { loss, kind, gradient } = triplet([0, 90, -90], 0.5);
  assert.deepEqual([loss, kind], [0.5, "hard"]);
  assert.deepEqual(gradient, [-4, 2, 2]);
  // Half a radian against the slope, in degrees.
  near(descend([-4, 0], 0.125), [90 / Math.PI, 0]);
  assert.deepEqual(descend([0], 0.1), [0]);
});

test("the margin kept exactly is kept, and costs nothing", () => {
  const { loss, kind, gradient } = triplet([90, 150, 0], 1);
  assert.deepEqual([loss, kind, gradient], [0, "easy", [0, 0, 0]]);
});
