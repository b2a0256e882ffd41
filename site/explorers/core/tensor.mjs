// Convolution as cnnutils.ops.conv2d computes it: same conventions, same words when it refuses.
// A tensor is {shape, data}: images (N, H, W, C), kernels (KH, KW, C_in / groups, C_out).

const pair = (value) => (Array.isArray(value) ? value : [value, value]);
const tuple = (values) =>
  `(${values.map((v) => (Array.isArray(v) ? tuple(v) : v)).join(", ")})`;

export const tensor = (shape, data) => ({ shape, data: Float64Array.from(data) });

// Pixels that "same" adds before and after an axis; the odd one comes last, as in TensorFlow.
export function samePadding(size, span, stride) {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

// How a window moves over an image: options written out for both axes, and the output's size.
export function geometry(shape, [kh, kw], { strides = 1, padding = "valid", dilation = 1 } = {}) {
  const [steps, gaps, sizes] = [pair(strides), pair(dilation), [shape[1], shape[2]]];
  const spans = [kh, kw].map((f, axis) => gaps[axis] * (f - 1) + 1);
  const pads = sizes.map((size, axis) => {
    if (padding === "valid") return [0, 0];
    if (padding === "same") return samePadding(size, spans[axis], steps[axis]);
    return Array.isArray(padding) ? padding[axis] : [padding, padding];
  });
  const out = sizes.map((size, axis) => {
    const padded = size + pads[axis][0] + pads[axis][1];
    if (spans[axis] > padded) {
      throw new RangeError(
        `conv2d: the kernel is ${spans[axis]} pixels ${["high", "wide"][axis]}, the padded images `
        + `are only ${padded} (images ${tuple(shape)}, padding ${tuple(pads)}); `
        + "pad more or shrink the kernel.",
      );
    }
    return Math.floor((padded - spans[axis]) / steps[axis]) + 1;
  });
  return { kernel: [kh, kw], size: sizes, steps, gaps, spans, pads, out };
}

// The pixels that one output is made of, in the kernel's order; outside the image lies padding.
export function taps({ kernel: [kh, kw], steps, gaps, pads }, row, column) {
  return Array.from({ length: kh * kw }, (_, n) => [
    row * steps[0] - pads[0][0] + Math.floor(n / kw) * gaps[0],
    column * steps[1] - pads[1][0] + (n % kw) * gaps[1],
  ]);
}

export function conv2d(images, kernel, { bias = null, groups = 1, ...options } = {}) {
  const [batch, height, width, channels] = images.shape;
  const [kh, kw, depth, filters] = kernel.shape;
  if (channels !== depth * groups) {
    const times = groups === 1 ? "" : ` in each of ${groups} groups`;
    throw new RangeError(
      `conv2d: the kernel expects ${depth} input channels${times}, the images have ${channels} `
      + `(images ${tuple(images.shape)}, kernel ${tuple(kernel.shape)}).`,
    );
  }
  const plan = geometry(images.shape, [kh, kw], options);
  const [rows, columns] = plan.out;
  const out = tensor([batch, rows, columns, filters], new Array(batch * rows * columns * filters));
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const places = taps(plan, i, j);
        for (let o = 0; o < filters; o++) {
          const first = Math.floor((o * groups) / filters) * depth; // channel of this filter's group
          let sum = bias ? bias[o] : 0;
          places.forEach(([y, x], tap) => {
            if (y < 0 || x < 0 || y >= height || x >= width) return; // padding is zero
            for (let c = 0; c < depth; c++) {
              sum += images.data[((n * height + y) * width + x) * channels + first + c]
                * kernel.data[(tap * depth + c) * filters + o];
            }
          });
          out.data[at++] = sum;
        }
      }
    }
  }
  return out;
}
