// Numbers as people write them, and the colours that they are written on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { format, grey, ink, isRounded, parse, signed } = await load("numbers.mjs");

test("numbers as people type them", () => {
  const read = { "2": 2, " -0.5 ": -0.5, "−1": -1, ".25": 0.25, "3.": 3, "+4": 4, "1/9": 1 / 9,
    "-1 / 4": -0.25, "1/-4": -0.25, "007": 7 };
  for (const [typed, value] of Object.entries(read)) assert.equal(parse(typed), value, typed);
  for (const typed of ["", "-", "1/", "/9", "1/0", "0/0", "a", "1,5", "1e3", "1/2/3", "--1", "Infinity"]) {
    assert.ok(Number.isNaN(parse(typed)), typed);
  }
});

test("numbers as people read them", () => {
  const shown = [[0, "0"], [-0.001, "0"], [-3, "−3"], [10 / 9, "1.11"], [2.5, "2.5"], [-0.125, "−0.12"]];
  for (const [value, text] of shown) assert.equal(format(value), text);
  assert.ok(isRounded(1 / 3));
  assert.ok(!isRounded(0.1 + 0.2), "what floating point adds is no rounding");
});

test("ink can be read on every colour", () => {
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [[0.2126, r], [0.7152, g], [0.0722, b]]
    .reduce((sum, [weight, part]) => sum + weight * linear(part / 255), 0);
  for (let n = 0; n <= 200; n++) {
    for (const colour of [grey(n / 200), signed(n / 100 - 1)]) {
      const contrast = ink(colour) === "#000" ? (light(colour) + 0.05) / 0.05 : 1.05 / (light(colour) + 0.05);
      assert.ok(contrast >= 4.5, `${colour}: ${contrast}`);
    }
  }
  assert.deepEqual(signed(0), [0xbd, 0xbd, 0xbd]);
  assert.deepEqual(signed(-1), [0x08, 0x26, 0x3f]);
  assert.deepEqual(signed(1), [0xff, 0xf6, 0xc9]);
});
