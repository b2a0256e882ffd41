// Signals and gradients by depth against vectors from Keras and TensorFlow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { UNITS, draw, numbers, travel } = await load("depth.mjs");
const vectors = read("residual.json");
// Keras' numbers have five digits.
const near = (got, want) => {
  assert.equal(got.length, want.length);
  got.forEach((value, n) => assert.ok(Math.abs(value - want[n]) <= 6e-5 * Math.abs(want[n]), `${n}: ${value}, not ${want[n]}`));
};

for (const { seed, values } of vectors.drawn) {
  test(`the first numbers of seed ${seed}, to the last bit`, () => {
    assert.deepEqual([...numbers(values.length, seed)], values);
  });
}

for (const { signal, gradient, normed, shortcut, ...settings } of vectors.travelled) {
  test(`signal and gradient: ${JSON.stringify({ ...settings, normed, shortcut })}`, () => {
    const found = travel(draw(settings), { normed, shortcut });
    near(found.signal, signal);
    near(found.gradient, gradient);
  });
}

test("last weights of zero: a residual block gives back its input exactly, a plain one nothing", () => {
  for (const normed of [false, true]) {
    const drawn = draw({ depth: 8, scale: 2, zero: true, seed: 3 });
    assert.deepEqual(drawn.weights.map((w) => w.some(Boolean)), [true, false, true, false, true, false, true, false]);
    assert.deepEqual(travel(drawn, { normed, shortcut: true }).signal, [1, 1, 1, 1, 1]);
    const { signal, gradient } = travel(drawn, { normed, shortcut: false });
    assert.deepEqual(signal, [1, 0, 0, 0, 0]);
    assert.deepEqual(gradient, [0, 0, 0, 0, 1]);
  }
});

test("the numbers have mean 0 and variance 1, the weights He's variance, and no input is negative", () => {
  const mean = (values) => values.reduce((sum, value) => sum + value) / values.length;
  const square = (values) => mean(values.map((value) => value * value));
  const many = numbers(100_000, 1);
  assert.ok(Math.abs(mean(many)) < 0.01 && Math.abs(square(many) - 1) < 0.01);
  assert.equal(new Set(many).size, many.length);
  const { input, weights } = draw({ depth: 64, scale: 0.5, zero: false, seed: 1 });
  assert.ok(Math.abs(mean(weights.map(square)) / (0.25 * (2 / UNITS)) - 1) < 0.02);
  assert.ok(Math.min(...input) === 0);
});
