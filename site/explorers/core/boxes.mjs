// Boxes [x1, y1, x2, y2] in pixels, as cnnutils.boxes and cnnutils.detect.encode_grid treat them.

const length = (low, high) => Math.max(high - low, 0);

// What two boxes share, and what of it makes their IoU; 0 where neither has an area.
export function overlap(a, b) {
  const width = length(Math.max(a[0], b[0]), Math.min(a[2], b[2]));
  const height = length(Math.max(a[1], b[1]), Math.min(a[3], b[3]));
  const areas = [a, b].map(([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1));
  const shared = width * height;
  const union = areas[0] + areas[1] - shared;
  return { width, height, areas, shared, union, iou: union ? shared / union : 0 };
}

// Greedy non-maximum suppression, step by step: which box is kept, and the IoU of each that was
// left, with those that go. Of equal scores, the box that comes first in the list is better.
export function suppress(boxes, scores, threshold) {
  let left = scores.map((_, n) => n).sort((i, j) => scores[j] - scores[i] || i - j);
  const steps = [];
  while (left.length) {
    const [kept, ...others] = left;
    const compared = others.map((n) => ({ n, iou: overlap(boxes[kept], boxes[n]).iou }));
    const goes = ({ iou }) => iou > threshold;
    steps.push({ kept, dropped: compared.filter(goes), stay: compared.filter((c) => !goes(c)) });
    left = compared.filter((c) => !goes(c)).map(({ n }) => n);
  }
  return steps;
}

// The cell that holds a box's midpoint, the IoU of its shape with each anchor [height, width], the
// best of these, and the entry [p_c, b_x, b_y, b_h, b_w]. Cells are squares of `cell` pixels.
export function encode([x1, y1, x2, y2], anchors, cell, [rows, columns]) {
  const [middle, size] = [[(y1 + y2) / 2, (x1 + x2) / 2], [y2 - y1, x2 - x1]];
  const ious = anchors.map(([height, width]) =>
    overlap([0, 0, size[1], size[0]], [0, 0, width, height]).iou);
  const place = middle.map((at, axis) =>
    Math.min(Math.floor(at / cell), [rows, columns][axis] - 1));
  const [b_y, b_x] = middle.map((at, axis) => at / cell - place[axis]);
  const entry = [1, b_x, b_y, size[0] / cell, size[1] / cell];
  return { middle, place, ious, anchor: ious.indexOf(Math.max(...ious)), entry };
}
