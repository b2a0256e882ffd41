// Convolution against vectors from Keras.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { conv2d, taps, tensor } = await load("tensor.mjs");
const { geometry } = await load("windows.mjs");
const vectors = read("convolution.json");

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

test("a stride of two with padding same: the last window needs pixel 8 of eight", () => {
  const plan = geometry([1, 8, 7, 1], [3, 3], { strides: 2, padding: "same" });
  assert.deepEqual(taps(plan, 3, 0)[6], [8, -1]);
});
