// A small LeNet that reads digits of 8 × 8 pixels: how a drawing becomes its input, and what each layer makes of it.
import { conv2d, taps, tensor } from "./tensor.mjs";
import { geometry } from "./windows.mjs";

// A dense layer is a convolution whose window covers all that comes in, and pooling is one with
// equal weights, for each map by itself: so every layer is written in the same way.
export const LAYERS = [
  { name: "C1", kernel: [3, 3, 1, 6], padding: "same" },
  { name: "S2", kernel: [2, 2, 1, 6] },
  { name: "C3", kernel: [3, 3, 6, 16], padding: "same" },
  { name: "S4", kernel: [2, 2, 1, 16] },
  { name: "C5", kernel: [2, 2, 16, 48] },
  { name: "F6", kernel: [1, 1, 48, 32] },
  { name: "OUTPUT", kernel: [1, 1, 32, 10] },
];
const SCALE = 1024; // the file has whole numbers of 1024ths, in two bytes each, the lower one first

// The file's bytes: the layers with their weights, kernel before bias, then samples of 65 bytes
// each, which digit was written and its picture.
export function unpack(buffer) {
  const view = new DataView(buffer);
  let at = 0;
  const take = (count) => Array.from({ length: count }, () => view.getInt16(2 * at++, true) / SCALE);
  const layers = LAYERS.map(({ name, kernel: shape, padding = "valid" }) => {
    const [size, count] = [shape.reduce((a, b) => a * b), shape[3]];
    return name[0] === "S"
      ? { kernel: tensor(shape, Array(size).fill(0.25)), how: { padding, strides: 2, groups: count } }
      : { kernel: tensor(shape, take(size)), bias: take(count), how: { padding } };
  });
  const rest = new Uint8Array(buffer, 2 * at);
  if (!rest.length || rest.length % 65) throw new RangeError("these bytes are another network's");
  const sample = (_, n) => ({ label: rest[65 * n], counts: [...rest.slice(65 * n + 1, 65 * n + 65)] });
  return { layers, samples: Array.from({ length: rest.length / 65 }, sample) };
}

const relu = (values) => values.map((value) => Math.max(value, 0));
export function softmax(values) {
  const top = Math.max(...values); // so that no power is too large
  const powers = values.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

// What goes in and what each layer makes of it: maps (1, H, W, C), and the sums before ReLU or softmax.
export function read(layers, counts) {
  const found = [tensor([1, 8, 8, 1], counts.map((count) => count / 16))];
  layers.forEach(({ kernel, bias, how }, n) => {
    const { shape, data } = conv2d(found[n], kernel, { bias, ...how });
    const squash = n === layers.length - 1 ? softmax : relu; // a mean of what ReLU left is not changed by it
    found.push({ shape, sums: data, data: squash(data) });
  });
  return found;
}

// The products that make one value: for each map of the layer below, pairs of a number in the window and its weight.
export function parts({ kernel, how }, before, [i, j], map) {
  const [high, wide, depth, filters] = kernel.shape;
  const [, rows, columns, channels] = before.shape;
  const places = taps(geometry(before.shape, [high, wide], how), i, j);
  return Array.from({ length: depth }, (_, c) => {
    const from = how.groups ? map : c;
    const products = places.map(([y, x], tap) => {
      const inside = y >= 0 && x >= 0 && y < rows && x < columns;
      return [inside ? before.data[(y * columns + x) * channels + from] : 0, kernel.data[(tap * depth + c) * filters + map]];
    });
    return { from, products, sum: products.reduce((sum, [input, weight]) => sum + input * weight, 0) };
  });
}

// A drawing of 32 × 32 dots, 1 for ink, as it would have been scanned: the box around the ink is
// stretched to 32 rows and 20 columns, neither side more than twice as much as the other, and put
// in the middle; then the ink in blocks of 4 × 4 is counted, 0 to 16.
export function prepare(dots) {
  const counts = Array(64).fill(0);
  const ink = [...dots.keys()].filter((n) => dots[n]);
  if (!ink.length) return counts;
  const box = [(n) => n >> 5, (n) => n & 31].map((axis) => {
    const places = ink.map(axis);
    const first = Math.min(...places);
    return { first, size: Math.max(...places) - first + 1 };
  });
  const [high, wide] = box.map(({ size }) => size);
  const to = [Math.min(32, Math.floor((40 * high) / wide)), Math.min(20, Math.floor((64 * wide) / high))].map((n) => Math.max(1, n));
  const source = (axis, n) => box[axis].first + Math.floor(((2 * n + 1) * box[axis].size) / (2 * to[axis]));
  const [top, left] = to.map((size) => (32 - size) >> 1);
  for (let y = 0; y < to[0]; y++) {
    for (let x = 0; x < to[1]; x++) {
      if (dots[source(0, y) * 32 + source(1, x)]) counts[((top + y) >> 2) * 8 + ((left + x) >> 2)]++;
    }
  }
  return counts;
}

// Ink along a line with a round pen.
const PEN = 2.5;
export function stroke(dots, [x0, y0], [x1, y1]) {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(x1 - x0, y1 - y0)));
  for (let n = 0; n <= steps; n++) {
    const [x, y] = [x0 + ((x1 - x0) * n) / steps, y0 + ((y1 - y0) * n) / steps];
    for (let at = 0; at < dots.length; at++) {
      if (Math.hypot((at & 31) - x, (at >> 5) - y) <= PEN) dots[at] = 1;
    }
  }
}
