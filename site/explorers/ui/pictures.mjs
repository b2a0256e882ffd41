// Small pictures: how they are written, what surrounds them, and how they look on a button.
import { grey } from "../core/numbers.mjs";

// A pixel a character: a is 10, g is 16. The digit is the eighth of scikit-learn's handwritten ones.
export const DIGIT = "0078dgf1 00774bc0 00008d10 0488ff60 02bff400 000g5000 009f1000 00d50000";
export const LINE = "5a50000 05a5000 005a500 0005a50";
export const read = (text) => text.split(/[ .]/).map((row) => [...row].map((sign) => parseInt(sign, 17)));

export const LOOKS = `
canvas { width: 1.6rem; height: 1.6rem; image-rendering: pixelated; object-fit: contain;
  border: 1px solid var(--soft); }
#input td.pad { background: repeating-linear-gradient(45deg, transparent 0 3px, var(--line) 3px 4px);
  color: var(--soft); border: 1px dashed var(--soft); }
#output td { cursor: pointer; }
@container (max-width: 599px) {
  .picture .pills { display: grid; grid-template-columns: repeat(4, 1fr); }
  .picture .pill { flex-direction: column; gap: .1rem; font-size: .9rem; }
}`;

export function thumbnail(canvas, rows) {
  const top = Math.max(...rows.flat());
  [canvas.width, canvas.height] = [rows[0].length, rows.length];
  const bytes = rows.flat().flatMap((value) => [...grey(value / top), 255]);
  canvas.getContext("2d").putImageData(new ImageData(Uint8ClampedArray.from(bytes), rows[0].length), 0, 0);
}
