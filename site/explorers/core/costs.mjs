// Parameters and multiplications of layers, as cnnutils.costs counts them.
import { geometry } from "./tensor.mjs";

// A convolution over images (H, W, C) with a kernel (KH, KW); options as those of `geometry`.
export function convCost(shape, filters, kernel, { groups = 1, bias = true, ...moves } = {}) {
  const { out } = geometry([1, ...shape], kernel, moves);
  const weights = kernel[0] * kernel[1] * (shape[2] / groups) * filters;
  return { params: weights + (bias ? filters : 0), macs: weights * out[0] * out[1], shape: [...out, filters] };
}

// A kernel for each channel.
export const depthwiseCost = (shape, kernel, options) =>
  convCost(shape, shape[2], kernel, { ...options, groups: shape[2] });
