// Numbers as people type and read them.

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)`;
const TYPED = new RegExp(`^(${NUMBER})(?:/(${NUMBER}))?$`);

// "2", "-.5", "−1" or "1/9" as a number; NaN for anything else.
export function parse(text) {
  const found = TYPED.exec(text.replace(/\s/g, "").replace(/−/g, "-"));
  const value = found ? found[1] / (found[2] ?? 1) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

const round = (value) => Math.round(value * 100) / 100;
// At most two decimals, and a real minus sign.
export const format = (value) => String(round(value)).replace("-", "−");
export const isRounded = (value) => Math.abs(value - round(value)) > 1e-9;

const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

// Black or white, whichever can be read on a colour: the contrast is at least 4.5 on every one.
export function ink([red, green, blue]) {
  const luminance = 0.2126 * linear(red / 255) + 0.7152 * linear(green / 255)
    + 0.0722 * linear(blue / 255);
  return luminance > 0.18 ? "#000" : "#fff";
}

export const grey = (share) => Array(3).fill(Math.round(255 * share));

// From −1 (dark blue) over 0 (grey) to 1 (pale orange): the colours of cnnutils.plots.
const SIGNED = ["08263f", "1f5f92", "7fa3bd", "bdbdbd", "edbb6c", "fbdc8e", "fff6c9"].map((hex) =>
  [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)),
);

export function signed(share) {
  const place = (Math.max(-1, Math.min(1, share)) + 1) * 3;
  const low = Math.min(Math.floor(place), 5);
  return SIGNED[low].map((part, i) => Math.round(part + (SIGNED[low + 1][i] - part) * (place - low)));
}
