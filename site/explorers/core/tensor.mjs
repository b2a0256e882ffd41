// Convolution as cnnutils.ops.conv2d computes it: same conventions, same words when it refuses.
// A tensor is {shape, data}: images (N, H, W, C), kernels (KH, KW, C_in / groups, C_out).
import { geometry, tuple } from "./windows.mjs";

export const tensor = (shape, data) => ({ shape, data: Float64Array.from(data) });

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
