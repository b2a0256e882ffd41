// A signal on its way through a deep network of random dense layers, and a gradient on its way back.
// Blocks of two layers, as in the chapter: z = relu(a · w1) · w2, then relu(z), or relu(z + a) with
// a shortcut. All arrays are flat, row after row; every layer has as many units as there are examples.

export const UNITS = 32;
const SIZE = UNITS * UNITS;
const EPSILON = 1e-3; // of batch normalisation, as in Keras

// Numbers of mean 0 and variance 1. The state has 32 bits, so NumPy can draw the very same ones.
export function numbers(count, seed) {
  let state = Math.imul(seed, 2654435769);
  return Float64Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.sqrt(3) * ((state >>> 0) / 2 ** 31 - 1);
  });
}

// What goes in, what gradient comes from behind the end, and the weights: `scale` times He's.
export function draw({ depth, scale, zero, seed }) {
  const drawn = numbers((2 + depth) * SIZE, seed);
  const matrix = (n) => drawn.subarray(n * SIZE, (n + 1) * SIZE);
  const factor = scale * Math.sqrt(2 / UNITS);
  const weights = Array.from({ length: depth }, (_, n) =>
    matrix(n + 2).map((value) => (zero && n % 2 ? 0 : factor * value)));
  return { input: relu(matrix(0)), end: matrix(1), weights };
}

const relu = (a) => a.map((value) => Math.max(value, 0));
// Of a gradient, what passes a ReLU: at 0, nothing.
const open = (gradient, z) => gradient.map((value, n) => (z[n] > 0 ? value : 0));
const add = (a, b) => a.map((value, n) => value + b[n]);
const length = (a) => Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));

// a · w, or with steps [1, UNITS] through w, a · wᵀ; half of what leaves a ReLU need not be multiplied.
function product(a, w, [down, along] = [UNITS, 1]) {
  const out = new Float64Array(SIZE);
  for (let n = 0; n < SIZE; n += UNITS) {
    for (let i = 0; i < UNITS; i++) {
      const value = a[n + i];
      if (value) for (let j = 0; j < UNITS; j++) out[n + j] += value * w[i * down + j * along];
    }
  }
  return out;
}

// The mean of a · b for each unit, over the examples; b is all ones if it is left out.
function means(a, b) {
  const out = new Float64Array(UNITS);
  for (let n = 0; n < SIZE; n++) out[n % UNITS] += (b ? a[n] * b[n] : a[n]) / UNITS;
  return out;
}

// Batch normalisation: what comes out, and what each unit was divided by.
function normalise(z) {
  const mean = means(z);
  const centred = z.map((value, n) => value - mean[n % UNITS]);
  const spread = means(centred, centred).map((variance) => Math.sqrt(variance + EPSILON));
  return { z: centred.map((value, n) => value / spread[n % UNITS]), spread };
}

// The gradient by what went in: also by way of the mean and of the variance.
function normaliseBack(gradient, { z, spread }) {
  const [mean, along] = [means(gradient), means(gradient, z)];
  return gradient.map((value, n) =>
    (value - mean[n % UNITS] - z[n] * along[n % UNITS]) / spread[n % UNITS]);
}

// How large the signal is before the first block and after each one, and the gradient at the same
// places: the one in parts of what went in, the other in parts of what came from the end.
export function travel({ input, end, weights }, { normed, shortcut }) {
  const layer = (a, w) => (normed ? normalise(product(a, w)) : { z: product(a, w) });
  const back = (gradient, kept, w) =>
    product(normed ? normaliseBack(gradient, kept) : gradient, w, [1, UNITS]);
  const [signal, gradient, blocks] = [[length(input)], [length(end)], []];
  let a = input;
  for (let n = 0; n < weights.length; n += 2) {
    const first = layer(a, weights[n]);
    const second = layer(relu(first.z), weights[n + 1]);
    const sum = shortcut ? add(second.z, a) : second.z;
    blocks.push({ first, second, sum });
    a = relu(sum);
    signal.push(length(a));
  }
  let g = end;
  for (let n = weights.length - 2; n >= 0; n -= 2) {
    const { first, second, sum } = blocks.pop();
    g = open(g, sum);
    const inside = open(back(g, second, weights[n + 1]), first.z);
    const through = back(inside, first, weights[n]);
    g = shortcut ? add(through, g) : through;
    gradient.unshift(length(g));
  }
  return {
    signal: signal.map((size) => size / signal[0]),
    gradient: gradient.map((size) => size / gradient.at(-1)),
  };
}
