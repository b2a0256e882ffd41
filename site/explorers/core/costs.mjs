// Parameters and multiplications of layers, as cnnutils.costs counts them.
import { geometry, poolGeometry } from "./windows.mjs";

// A convolution over images (H, W, C) with a kernel (KH, KW); options as those of `geometry`.
export function convCost(shape, filters, kernel, { groups = 1, bias = true, ...moves } = {}) {
  if (shape[2] % groups || filters % groups) {
    throw new RangeError(
      `conv2d_cost: groups must divide the channels, got ${shape[2]} input channels, ${filters} filters and ${groups} groups.`,
    );
  }
  const { out } = geometry([1, ...shape], kernel, moves);
  const weights = kernel[0] * kernel[1] * (shape[2] / groups) * filters;
  return { params: weights + (bias ? filters : 0), macs: weights * out[0] * out[1], shape: [...out, filters] };
}

// A kernel for each channel.
export const depthwiseCost = (shape, kernel, options) =>
  convCost(shape, shape[2], kernel, { ...options, groups: shape[2] });

// Pooling learns nothing; its additions and comparisons are not counted.
export const poolCost = (shape, window, moves) =>
  ({ params: 0, macs: 0, shape: [...poolGeometry("max_pool2d", [1, ...shape], window, moves).out, shape[2]] });

// A weight for each input of each unit, and a bias for each unit.
export const denseCost = (size, units) => ({ params: size * units + units, macs: size * units, shape: [units] });
