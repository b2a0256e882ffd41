// How windows slide, against vectors from Keras and from cnnutils.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { geometry, poolGeometry } = await load("windows.mjs");
const vectors = read("convolution.json");
const pooling = read("pooling.json");

test("as many places as Keras has", () => {
  for (const { images, kernel, output, options } of vectors.computed) {
    assert.deepEqual(geometry(images[0], kernel[0].slice(0, 2), options).out, output[0].slice(1, 3));
  }
});

test("a kernel that does not fit is refused in cnnutils' words", () => {
  const tooLarge = vectors.refused.filter(({ message }) => message.includes("pixels"));
  assert.ok(tooLarge.length >= 4);
  for (const { images, kernel, message, ...options } of tooLarge) {
    assert.throws(() => geometry(images, kernel.slice(0, 2), options), { message });
  }
});

test("pooling has as many places as in Keras, and touches unless it is told otherwise", () => {
  for (const { image, window, options, max } of pooling.pooled) {
    const { out } = poolGeometry("max_pool2d", [1, image.length, image[0].length, 1], window, options);
    assert.deepEqual(out, [max.length, max[0].length]);
  }
});

test("a window of pooling that does not fit is refused in cnnutils' words", () => {
  for (const { kind, size, window, padding, message } of pooling.refused) {
    const name = { max: "max_pool2d", average: "avg_pool2d" }[kind];
    assert.throws(() => poolGeometry(name, [1, ...size, 1], window, { padding }), { message });
  }
});

test("a stride of two with padding same: the one extra pixel lies at the end", () => {
  // Eight pixels, windows of three at 0, 2, 4 and 6: the last one needs pixel 8.
  assert.deepEqual(geometry([1, 8, 7, 1], [3, 3], { strides: 2, padding: "same" }).pads, [[0, 1], [1, 1]]);
});
