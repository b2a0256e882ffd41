// Embeddings of length 1 in the plane, each given by its angle in degrees: the triplet loss as in
// cnnutils.faces, the errors of a threshold as in cnnutils.verify.
const RADIANS = Math.PI / 180;
// Equal gaps shall give equal distances: the last digits, which rounding makes, are taken off.
const exact = (value) => Math.round(value * 1e10) / 1e10;

export const squared = (a, b) => exact(2 - 2 * Math.cos((a - b) * RADIANS));
// How that grows when the first point turns.
const slope = (a, b) => exact(2 * Math.sin((a - b) * RADIANS));

// Anchor, positive and negative: both distances, the loss, what kind of triplet it is, and how the
// loss grows when a point moves along the circle, by its way.
export function triplet([a, p, n], margin) {
  const [near, far] = [squared(a, p), squared(a, n)];
  const loss = Math.max(exact(near - far + margin), 0);
  const other = far > near ? "semi-hard" : "hard";
  const gradient = loss ? [slope(a, p) - slope(a, n), slope(p, a), slope(a, n)] : [0, 0, 0];
  return { near, far, loss, kind: loss ? other : "easy", gradient };
}

// How far a step of gradient descent turns each point, in degrees.
export const descend = (gradient, rate) => gradient.map((part) => (-rate * part) / RADIANS || 0);

// Every two embeddings, and whether they are of one person.
export const pairsOf = (points, people) => points.flatMap((a, i) => points.slice(i + 1).map((b, k) =>
  ({ i, j: i + 1 + k, distance: squared(a, b), same: people[i] === people[i + 1 + k] })));

// The pairs of two people that a threshold accepts, and the pairs of one person that it rejects.
export function errors(pairs, threshold) {
  const count = (kind, accepted) => pairs.filter(({ distance, same }) =>
    same === kind && distance <= threshold === accepted).length;
  return { accepts: count(false, true), rejects: count(true, false) };
}

// The errors at each distance, where they change; before the first one, nobody is accepted. `meet`
// is where both rates are equal, by straight lines between two distances if they are at none.
export function curve(pairs) {
  const sames = pairs.filter(({ same }) => same).length;
  const others = pairs.length - sames;
  const distances = [...new Set(pairs.map(({ distance }) => distance))].sort((a, b) => a - b);
  const steps = [
    { threshold: distances[0], accepts: 0, rejects: sames },
    ...distances.map((threshold) => ({ threshold, ...errors(pairs, threshold) })),
  ];
  const excess = ({ accepts, rejects }) => accepts * sames - rejects * others;
  const after = steps.findIndex((step) => excess(step) >= 0);
  // Equal at a distance: they stay so up to the next one.
  const [low, high] = excess(steps[after]) ? [steps[after - 1], steps[after]]
    : [steps[after], { ...steps[after], threshold: (steps[after + 1] ?? steps[after]).threshold }];
  const share = excess(low) ? excess(low) / (excess(low) - excess(high)) : 0.5;
  const between = (name) => low[name] + share * (high[name] - low[name]);
  return { sames, others, steps, meet: { rate: between("rejects") / sames, threshold: between("threshold") } };
}
