// Feature maps, Gram matrices and the descent against vectors from Keras and cnnutils.style.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, vectors as read } from "./modules.mjs";

const { answers, contentCost, gradient, gram, move, products, step, styleCost } = await load("gram.mjs");
const vectors = read("gram.json");
const near = (got, want) => {
  assert.equal(got.length, want.length);
  got.forEach((value, n) => assert.ok(Math.abs(value - want[n]) <= 1e-12, `${value} at ${n}, not ${want[n]}`));
};
const exact = (got, want) => assert.deepEqual([...got], want);
const read3 = ({ pictures, size, kernel }) => [
  ...pictures.map((data) => ({ shape: [...size, 1], data })), { shape: kernel[0], data: kernel[1] },
];

for (const { shape, how, data } of vectors.moved) {
  test(`${shape} numbers, ${how}`, () => {
    const moved = move({ shape, data: data.map((_, n) => n) }, how);
    exact(moved.data, data);
    assert.deepEqual(moved.shape, shape);
  });
}

for (const [n, found] of vectors.painted.entries()) {
  test(`a picture on its way, case ${n}`, () => {
    const [picture, content, style, kernel] = read3(found);
    const maps = answers(picture, kernel);
    assert.deepEqual(maps.shape, found.maps[0]);
    exact(maps.data, found.maps[1]);
    exact(gram(maps), found.gram);
    exact(products(maps, ...found.entry), found.products);
    const goals = [answers(content, kernel), gram(answers(style, kernel))];
    near([contentCost(goals[0], maps), styleCost(goals[1], maps)], found.costs);
    near([...gradient(picture, kernel, ...goals, found.beta)], found.slope);
    exact(step(picture, kernel, ...goals, found.beta).data, found.next);
  });
}

test("wherever the places are, the Gram matrix is the same to the last bit, and it is symmetric", () => {
  const [picture, , , kernel] = read3(vectors.painted[0]);
  const maps = answers(picture, kernel);
  const before = gram(maps);
  for (const how of ["shifted", "shuffled", "transposed"]) {
    const moved = move(maps, how);
    exact(gram(moved), [...before]);
    assert.equal(styleCost(before, moved), 0);
    assert.ok(contentCost(maps, moved) > 0.01, how);
  }
  for (let c = 0; c < 4; c++) for (let d = 0; d < 4; d++) assert.equal(before[4 * c + d], before[4 * d + c]);
  // Positive semi-definite: xᵀ G x is a sum of squares, whatever x is.
  for (const x of [[1, -1, 0, 0], [1, -2, 3, -1], [0, 1, -1, -1]]) {
    let form = 0;
    before.forEach((value, n) => { form += x[Math.floor(n / 4)] * value * x[n % 4]; });
    assert.ok(form >= 0);
  }
});

test("the gradient is that of finite differences", () => {
  const [, content, style, kernel] = read3(vectors.painted[0]);
  const goals = [answers(content, kernel), gram(answers(style, kernel))];
  const picture = { shape: content.shape, data: content.data.map((_, n) => (1 + Math.sin(n * n)) / 2) };
  const cost = (at, by) => {
    const maps = answers({ ...picture, data: picture.data.map((value, n) => value + (n === at ? by : 0)) }, kernel);
    return contentCost(goals[0], maps) + 2 * styleCost(goals[1], maps);
  };
  const slope = gradient(picture, kernel, ...goals, 2);
  const differences = picture.data.map((_, at) => (cost(at, 1e-6) - cost(at, -1e-6)) / 2e-6);
  const worst = Math.max(...differences.map((value, n) => Math.abs(value - slope[n])));
  assert.ok(worst < 1e-6 * Math.max(...slope.map(Math.abs)), `off by ${worst}`);
});
