// A network as a stack of layers: how it is written, and what each layer puts out, learns and multiplies.
import { convCost, denseCost, poolCost } from "./costs.mjs";

const WINDOW = ["window", "stride", "padding"];
// What there is to say about a layer of each kind, in the order in which it is written.
export const FIELDS = {
  input: ["height", "width", "channels"],
  conv: ["filters", ...WINDOW, "groups"],
  max: WINDOW,
  avg: WINDOW,
  mean: [],
  flat: [],
  dense: ["units"],
};
export const MOST = 9999;

// What is wrong with a number, in the words of cnnutils; nothing if it is all right.
export function complaint(field, text) {
  if (!text.trim() || !Number.isInteger(Number(text))) return `${field} must be an integer${text && `, got ${text}`}.`;
  if (text < 1) return `${field} must be at least 1, got ${text}.`;
  return text > MOST ? `${field} must be at most ${MOST} here, got ${text}.` : "";
}

// What need not be written. Pooling moves by its window, so that no pixel counts twice.
export const usual = ({ kind, window }, field) => ({ stride: kind === "conv" ? 1 : window, padding: "valid", groups: 1 })[field];

// "conv-6-5" as a layer; null for what makes no sense.
export function read(text) {
  const [kind, ...values] = text.split("-");
  const fields = Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : null;
  if (!fields || values.length > fields.length) return null;
  const layer = { kind };
  for (const [n, field] of fields.entries()) {
    const value = String(values[n] ?? usual(layer, field));
    const words = field === "padding";
    if (words ? !["valid", "same"].includes(value) : complaint(field, value)) return null;
    layer[field] = words ? value : Number(value);
  }
  return layer;
}

// A layer as text, without what is usual at its end.
export function write(layer) {
  const fields = [...FIELDS[layer.kind]];
  while (fields.length && layer[fields.at(-1)] === usual(layer, fields.at(-1))) fields.pop();
  return [layer.kind, ...fields.map((field) => layer[field])].join("-");
}

export const total = (rows, what) => rows.reduce((sum, row) => sum + row[what], 0);

// What a layer costs on what comes in.
function cost(shape, { kind, filters, window, stride, padding, groups, units }) {
  if (kind === "flat") return { params: 0, macs: 0, shape: [shape.reduce((a, b) => a * b)] };
  if (kind === "dense") {
    if (shape.length > 1) throw new RangeError(`a dense layer needs one row of numbers, got ${shape.join(" × ")}: flatten them first.`);
    return denseCost(shape[0], units);
  }
  if (shape.length === 1) throw new RangeError(`input_shape must be (height, width, channels), got (${shape[0]},).`);
  if (kind === "mean") return { params: 0, macs: 0, shape: [shape[2]] };
  const moves = { strides: stride, padding };
  return kind === "conv" ? convCost(shape, filters, [window, window], { ...moves, groups }) : poolCost(shape, window, moves);
}

// The input and the layers, one after the other, up to the first that does not fit, and why it does not.
export function count({ height, width, channels }, layers) {
  const rows = [{ params: 0, macs: 0, shape: [height, width, channels] }];
  try {
    for (const layer of layers) {
      const row = cost(rows.at(-1).shape, layer);
      if (!Number.isSafeInteger(total(rows, "macs") + row.macs + row.params)) {
        throw new RangeError("there would be too many multiplications to count them exactly here.");
      }
      rows.push(row);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { rows, wrong: error.message.replace(/^\w+: | \(images .*\)/g, "") };
  }
  return { rows, wrong: "" };
}
