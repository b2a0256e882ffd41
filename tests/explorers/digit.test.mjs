// The small LeNet, layer by layer, against Keras; what becomes of a drawing, against NumPy.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { load, vectors as open, weights } from "./modules.mjs";

const { LAYERS, parts, prepare, read, softmax, stroke, unpack } = await load("digit.mjs");
const vectors = open("digit.json");
const bytes = weights("digit.bin");
const { layers, samples } = unpack(bytes);
const near = (got, want, most = 1e-7) => {
  assert.equal(got.length, want.length);
  got.forEach((value, n) => assert.ok(Math.abs(value - want[n]) <= most, `${value} at ${n}, not ${want[n]}`));
};
const total = (values) => values.reduce((sum, value) => sum + value, 0);

test("the weights are those of the vectors, and no other file is taken for them", () => {
  assert.equal(createHash("sha256").update(new Uint8Array(bytes)).digest("hex"), vectors.weights[0].sha256);
  for (const wrong of [bytes.slice(0, -2), bytes.slice(0, -5), bytes.slice(0, 2 * 5958), bytes.slice(0, 100), new ArrayBuffer(bytes.byteLength + 2)]) {
    assert.throws(() => unpack(wrong), RangeError);
  }
  assert.deepEqual(samples.map(({ label }) => label), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 4, 9, 1]);
  assert.deepEqual(samples[0].counts, vectors.read[0].picture);
  assert.deepEqual(samples.at(-1).counts, vectors.read[2].picture);
});

for (const [n, { picture, layers: wanted }] of vectors.read.entries()) {
  test(`every layer of picture ${n}`, () => {
    const found = read(layers, picture);
    near([...found[0].data], picture.map((count) => count / 16));
    LAYERS.forEach(({ name }, at) => {
      const [shape, values] = wanted[name];
      assert.deepEqual(found[at + 1].shape.slice(-shape.length), shape);
      near([...found[at + 1].data], values);
    });
    assert.ok(Math.abs(total(found.at(-1).data) - 1) < 1e-12);
  });

  test(`the products that make the values of picture ${n}`, () => {
    const found = read(layers, picture);
    layers.forEach((layer, at) => {
      const [, rows, columns, maps] = found[at + 1].shape;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          for (let map = 0; map < maps; map += 5) {
            const made = parts(layer, found[at], [i, j], map);
            const sum = found[at + 1].sums[(i * columns + j) * maps + map];
            near([total(made.map((part) => part.sum)) + (layer.bias?.[map] ?? 0)], [sum], 1e-12);
            const froms = made.map(({ from }) => from);
            assert.deepEqual(froms, LAYERS[at].name[0] === "S" ? [map] : [...Array(found[at].shape[3]).keys()]);
            for (const { products, sum: part } of made) {
              near([total(products.map(([input, weight]) => input * weight))], [part], 1e-12);
            }
          }
        }
      }
    });
  });
}

for (const [n, { bytes: hex, counts }] of vectors.prepared.entries()) {
  test(`drawing ${n}`, () => {
    const dots = [...hex].flatMap((sign) => [8, 4, 2, 1].map((bit) => Number((parseInt(sign, 16) & bit) > 0)));
    assert.equal(dots.length, 1024);
    assert.deepEqual(prepare(dots), counts);
  });
}

test("the pen is round, leaves no gap, and stays on the sheet", () => {
  const far = ([y, x], [from, to]) => { // from the line between two points
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const share = Math.max(0, Math.min(1, ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(x - from[0] - share * dx, y - from[1] - share * dy);
  };
  for (const line of [[[4, 5], [27, 20]], [[30, 2], [3, 29]], [[10, 10], [10, 10]], [[31.5, 0], [40, -8]]]) {
    const dots = new Uint8Array(1024);
    stroke(dots, ...line);
    dots.forEach((ink, n) => {
      const distance = far([n >> 5, n & 31], line);
      if (distance < 2.4) assert.equal(ink, 1, `dot ${n} of ${line}`);
      if (distance > 2.5) assert.equal(ink, 0, `dot ${n} of ${line}`);
    });
  }
});

test("a drawing that is moved or doubled in size is read as before", () => {
  const draw = (scale, x, y) => Array.from({ length: 1024 }, (_, n) => {
    const [row, column] = [Math.floor(((n >> 5) - y) / scale), Math.floor(((n & 31) - x) / scale)];
    return Number(row >= 0 && row < 12 && column >= 0 && column < 8 && (row * column + row) % 3 === 0);
  });
  for (const other of [[1, 20, 19], [2, 0, 0], [2, 11, 7]]) assert.deepEqual(prepare(draw(...other)), prepare(draw(1, 3, 2)));
});

test("softmax bears scores of any size", () => {
  near(softmax([1000, 1000 + Math.log(3)]), [0.25, 0.75], 1e-9);
});
