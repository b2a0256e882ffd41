// How a window slides over an image: same conventions as cnnutils.ops, same words when it refuses.

const pair = (value) => (Array.isArray(value) ? value : [value, value]);
// As Python writes it.
export const tuple = (values) =>
  `(${values.map((v) => (Array.isArray(v) ? tuple(v) : v)).join(", ")})`;

// Pixels that "same" adds before and after an axis; the odd one comes last, as in TensorFlow.
export function samePadding(size, span, stride) {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

// How a window moves over an image: options written out for both axes, and the output's size.
export function geometry(shape, [kh, kw], { strides = 1, padding = "valid", dilation = 1 } = {},
  refusal = (spans, pads, axis, padded) => `conv2d: the kernel is ${spans[axis]} pixels ${
    ["high", "wide"][axis]}, the padded images are only ${padded} (images ${
    tuple(shape)}, padding ${tuple(pads)}); pad more or shrink the kernel.`) {
  const [steps, gaps, sizes] = [pair(strides), pair(dilation), [shape[1], shape[2]]];
  const spans = [kh, kw].map((f, axis) => gaps[axis] * (f - 1) + 1);
  const pads = sizes.map((size, axis) => {
    if (padding === "valid") return [0, 0];
    if (padding === "same") return samePadding(size, spans[axis], steps[axis]);
    return Array.isArray(padding) ? padding[axis] : [padding, padding];
  });
  const out = sizes.map((size, axis) => {
    const padded = size + pads[axis][0] + pads[axis][1];
    if (spans[axis] > padded) throw new RangeError(refusal(spans, pads, axis, padded));
    return Math.floor((padded - spans[axis]) / steps[axis]) + 1;
  });
  return { kernel: [kh, kw], size: sizes, steps, gaps, spans, pads, out };
}

// The same for pooling: it refuses in other words, and its windows touch unless strides are given.
export function poolGeometry(name, shape, window, { strides = window, ...options } = {}) {
  return geometry(shape, pair(window), { strides, ...options }, (spans, pads) =>
    `${name}: the window ${tuple(spans)} does not fit into the padded images (images ${
      tuple(shape)}, padding ${tuple(pads)}); pad more, or use a smaller pool_size.`);
}
