// Where a value of a deep layer looks, along one axis, as cnnutils.shapes.receptive_field says.
// A layer is {window, stride, dilation}; nothing is padded.

const span = ({ window, dilation }) => dilation * (window - 1) + 1;

// For the input and behind each layer: how many values, how many pixels each of them sees, and how
// far two neighbours' pixels lie apart. Ends where a window does not fit.
export function levels(pixels, layers) {
  const found = [{ count: pixels, size: 1, jump: 1 }];
  for (const layer of layers) {
    const { count, size, jump } = found.at(-1);
    const places = Math.floor((count - span(layer)) / layer.stride) + 1;
    if (places < 1) break;
    found.push({ count: places, size: size + (span(layer) - 1) * jump, jump: jump * layer.stride });
  }
  return found;
}

// On how many ways each value of each level below reaches value `cell` of the last one: the
// gradient by it, if all weights are 1. The input comes first.
export function ways(pixels, layers, cell) {
  const counts = levels(pixels, layers).map(({ count }) => new Array(count).fill(0));
  counts[layers.length][cell] = 1;
  for (let level = layers.length; level > 0; level--) {
    const { window, stride, dilation } = layers[level - 1];
    counts[level].forEach((number, i) => {
      for (let tap = 0; tap < window; tap++) counts[level - 1][i * stride + tap * dilation] += number;
    });
  }
  return counts;
}
