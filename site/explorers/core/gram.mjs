// Feature maps, their Gram matrices, and the descent of a picture, as cnnutils.style has them.
// A picture is {shape: [H, W, 1], data}, its maps are {shape: [H, W, C], data}, a kernel (KH, KW, C).

const GRID = 2 ** 20;

// Where each place gets its numbers from; only what is square can be transposed.
const table = (rows, columns, cell) =>
  Array.from({ length: rows * columns }, (_, n) => cell(Math.floor(n / columns), n % columns));
const ORDERS = {
  shifted: (rows, columns) => table(rows, columns, (i, j) => ((i + rows - 2) % rows) * columns + (j + columns - 5) % columns),
  // A disorder that every language can make: the places, sorted by the sine of their square.
  shuffled: (rows, columns) => [...Array(rows * columns).keys()].sort((m, n) => Math.sin(m * m) - Math.sin(n * n)),
  transposed: (rows, columns) => table(rows, columns, (i, j) => j * columns + i),
};

// The same numbers at other places; what stands at one place stays together.
export function move({ shape, data }, how) {
  const [rows, columns, channels] = shape;
  const from = ORDERS[how](rows, columns);
  return { shape, data: data.map((_, n) => data[from[Math.floor(n / channels)] * channels + n % channels]) };
}

// Every product of a convolution without padding: calls visit(number in the maps, pixel, weight).
function eachProduct([rows, columns, channels], [high, wide], visit) {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let tap = 0; tap < high * wide; tap++) {
        const pixel = (i + Math.floor(tap / wide)) * (columns + wide - 1) + j + tap % wide;
        for (let c = 0; c < channels; c++) visit((i * columns + j) * channels + c, pixel, tap * channels + c);
      }
    }
  }
}

// One map for each filter, and ReLU.
export function answers(picture, kernel) {
  const [high, wide, channels] = kernel.shape;
  const shape = [picture.shape[0] - high + 1, picture.shape[1] - wide + 1, channels];
  const sums = new Float64Array(shape[0] * shape[1] * channels);
  eachProduct(shape, kernel.shape, (at, pixel, weight) => { sums[at] += picture.data[pixel] * kernel.data[weight]; });
  return { shape, data: sums.map((value) => Math.max(value, 0)) };
}

// Two channels, multiplied place by place.
export const products = ({ shape: [rows, columns, channels], data }, one, other) =>
  table(rows, columns, (i, j) => data[(i * columns + j) * channels + one] * data[(i * columns + j) * channels + other]);

const total = (values) => values.reduce((sum, value) => sum + value, 0);

// C · C sums of products, row by row.
export function gram({ shape: [, , channels], data }) {
  const sums = new Float64Array(channels ** 2);
  for (let at = 0; at < data.length; at += channels) {
    for (let n = 0; n < sums.length; n++) sums[n] += data[at + Math.floor(n / channels)] * data[at + n % channels];
  }
  return sums;
}

const distance = (a, b) => total(a.map((value, n) => (value - b[n]) ** 2));

export const contentCost = (content, made) => distance(content.data, made.data) / (4 * made.data.length);

// Maps have n_C · H · W numbers. The style is given by its Gram matrix.
export const styleCost = (style, made) => distance(style, gram(made)) / (4 * made.data.length ** 2);

// The gradient of contentCost + beta · styleCost by the pixels: through both costs to the maps,
// through ReLU where it is open, and back through the convolution.
export function gradient(picture, kernel, content, style, beta) {
  const { shape, data } = answers(picture, kernel);
  const channels = shape[2];
  const apart = gram({ shape, data }).map((sum, n) => sum - style[n]);
  const back = data.map((value, n) => {
    if (value <= 0) return 0;
    const one = n % channels;
    let pull = 0;
    for (let other = 0; other < channels; other++) pull += apart[one * channels + other] * data[n - one + other];
    return (value - content.data[n]) / (2 * data.length) + (beta * pull) / data.length ** 2;
  });
  const slope = new Float64Array(picture.data.length);
  eachProduct(shape, kernel.shape, (at, pixel, weight) => { slope[pixel] += back[at] * kernel.data[weight]; });
  return slope;
}

// A step of gradient descent with the learning rate 1; pixels stay between 0 and 1. Where ReLU
// opens, the last bit of a sum would decide: rounded pixels make all sums exact, here and in Python.
export function step(picture, ...costs) {
  const slope = gradient(picture, ...costs);
  const to = (value, n) => Math.max(0, Math.min(1, Math.round((value - slope[n]) * GRID) / GRID));
  return { shape: picture.shape, data: picture.data.map(to) };
}
