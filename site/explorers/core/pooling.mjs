// Pooling as cnnutils.ops computes it, and what it makes of a shift. Pictures and maps are lists of rows.
import { poolGeometry } from "./windows.mjs";

// Kinds of pooling: the function's name in cnnutils, and what is kept of a window's pixels.
export const KINDS = {
  max: ["max_pool2d", (values) => Math.max(...values)],
  average: ["avg_pool2d", (values) => values.reduce((sum, value) => sum + value, 0) / values.length],
};

// How the windows move over a picture; what does not fit is refused.
export const plan = (kind, rows, window, options) =>
  poolGeometry(KINDS[kind][0], [1, rows.length, rows[0].length, 1], window, options);

const table = ([rows, columns], cell) =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => cell(i, j)));

// The pixels of an output's window; what lies on padding takes no part.
export const members = ({ kernel, size, steps, pads }, ...output) =>
  table(kernel, (...tap) => tap.map((n, axis) => output[axis] * steps[axis] - pads[axis][0] + n)).flat()
    .filter((pixel) => pixel.every((n, axis) => n >= 0 && n < size[axis]));

export function pool(kind, rows, window, options) {
  const moves = plan(kind, rows, window, options);
  return table(moves.out, (i, j) => KINDS[kind][1](members(moves, i, j).map(([y, x]) => rows[y][x])));
}

// Of a window's values, the one that max pooling takes: the first of the largest.
export const winner = (values) => values.indexOf(Math.max(...values));

// The picture moved down and to the right before a dark ground: what leaves it is lost.
export const shifted = (rows, [down, right]) =>
  table([rows.length, rows[0].length], (i, j) => rows[i - down]?.[j - right] ?? 0);

// Two maps of one size: at how many places the values differ; at how many the value of the place
// `down` rows above and `right` columns to the left stands now; and how many places have such a one.
export function compare(before, after, [down, right] = [0, 0]) {
  const found = { changed: 0, came: 0, common: 0 };
  after.forEach((row, i) => row.forEach((value, j) => {
    const source = before[i - down]?.[j - right];
    found.changed += value !== before[i][j];
    found.came += value === source;
    found.common += source !== undefined;
  }));
  return found;
}
