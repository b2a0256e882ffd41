// The explorers' arithmetic against vectors from Keras, and their numbers as people write them.
// EXPLORERS may name another folder of modules: broken copies must make this fail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const here = import.meta.dirname;
const folder = process.env.EXPLORERS ?? resolve(here, "../../site/explorers");
const load = (name) => import(pathToFileURL(resolve(folder, "core", name)));
const { conv2d, geometry, taps, tensor } = await load("tensor.mjs");
const { format, grey, ink, isRounded, parse, signed } = await load("numbers.mjs");
const vectors = JSON.parse(readFileSync(resolve(here, "vectors/conv2d.json"), "utf8"));

for (const [n, { images, kernel, output, options }] of vectors.computed.entries()) {
  test(`case ${n}: ${JSON.stringify(options)}, images ${images[0]}, kernel ${kernel[0]}`, () => {
    const result = conv2d(tensor(...images), tensor(...kernel), options);
    assert.deepEqual(result.shape, output[0]);
    const worst = Math.max(...output[1].map((value, i) => Math.abs(value - result.data[i])));
    assert.ok(worst <= 1e-5, `off by ${worst}`);
  });
}

for (const { images, kernel, message, ...options } of vectors.refused) {
  test(`refused: ${message}`, () => {
    const zeros = (shape) => tensor(shape, new Array(shape.reduce((a, b) => a * b)).fill(0));
    assert.throws(() => conv2d(zeros(images), zeros(kernel), options), { message });
  });
}

test("the taps of an output make up its value", () => {
  for (const { images, kernel, output, options } of vectors.computed) {
    const [[, height, width, depth], pixels] = images;
    const [[kh, kw, channels, filters], weights] = kernel;
    if (options.groups || options.bias || images[0][0] > 1) continue;
    const plan = geometry(images[0], [kh, kw], options);
    const [, rows, columns] = output[0];
    assert.deepEqual(plan.out, [rows, columns]);
    for (const [i, j] of [[0, 0], [rows - 1, columns - 1], [0, columns - 1]]) {
      let sum = 0;
      taps(plan, i, j).forEach(([y, x], tap) => {
        if (y < 0 || x < 0 || y >= height || x >= width) return;
        for (let c = 0; c < channels; c++) {
          sum += pixels[(y * width + x) * depth + c] * weights[(tap * channels + c) * filters];
        }
      });
      assert.equal(sum, output[1][(i * columns + j) * filters]);
    }
  }
});

test("a stride of two with padding same: the one extra pixel lies at the end", () => {
  // Eight pixels, windows of three at 0, 2, 4 and 6: the last one needs pixel 8.
  const plan = geometry([1, 8, 7, 1], [3, 3], { strides: 2, padding: "same" });
  assert.deepEqual(plan.pads, [[0, 1], [1, 1]]);
  assert.deepEqual(taps(plan, 3, 0)[6], [8, -1]);
});

test("numbers as people type them", () => {
  const read = { "2": 2, " -0.5 ": -0.5, "−1": -1, ".25": 0.25, "3.": 3, "+4": 4, "1/9": 1 / 9,
    "-1 / 4": -0.25, "1/-4": -0.25, "007": 7 };
  for (const [typed, value] of Object.entries(read)) assert.equal(parse(typed), value, typed);
  for (const typed of ["", "-", "1/", "/9", "1/0", "0/0", "a", "1,5", "1e3", "1/2/3", "--1", "Infinity"]) {
    assert.ok(Number.isNaN(parse(typed)), typed);
  }
});

test("numbers as people read them", () => {
  const shown = [[0, "0"], [-0.001, "0"], [-3, "−3"], [10 / 9, "1.11"], [2.5, "2.5"], [-0.125, "−0.12"]];
  for (const [value, text] of shown) assert.equal(format(value), text);
  assert.ok(isRounded(1 / 3));
  assert.ok(!isRounded(0.1 + 0.2), "what floating point adds is no rounding");
});

test("ink can be read on every colour", () => {
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [[0.2126, r], [0.7152, g], [0.0722, b]]
    .reduce((sum, [weight, part]) => sum + weight * linear(part / 255), 0);
  for (let n = 0; n <= 200; n++) {
    for (const colour of [grey(n / 200), signed(n / 100 - 1)]) {
      const contrast = ink(colour) === "#000" ? (light(colour) + 0.05) / 0.05 : 1.05 / (light(colour) + 0.05);
      assert.ok(contrast >= 4.5, `${colour}: ${contrast}`);
    }
  }
  assert.deepEqual(signed(0), [0xbd, 0xbd, 0xbd]);
  assert.deepEqual(signed(-1), [0x08, 0x26, 0x3f]);
  assert.deepEqual(signed(1), [0xff, 0xf6, 0xc9]);
});
