import { largestAssignment } from './assignment.js';
import { indexAt, layoutOf } from './layout.js';
import { shapeText } from '../format.js';

const MOST_POINTS = 4096;
const MOST_UNITS = 1024;
const BINS = 64;
const MAP_SIZE = 256;
const FEWEST_IMAGES = 256; // of which linear CKA says something

/** Compares two tensors of a report as TensorComparison does on the server; a test holds both to the same numbers. */
export function compare(first, second, areActivations) {
  const notes = [];
  noteNonFinite('first', first, notes);
  noteNonFinite('second', second, notes);
  const cka = areActivations ? linearCka(first, second, notes) : null;
  const units = areActivations ? null : matchUnits(first, second, notes);
  const result = { first: summary(first), second: summary(second), agreement: null, spearman: null, cka, units, maps: null, scatter: null, notes };
  if (shapeText(first.shape) !== shapeText(second.shape)) {
    notes.push(`${first.name} is ${shapeText(first.shape)} and ${second.name} is ${shapeText(second.shape)}: their elements cannot be paired.`);
    return result;
  }
  return { ...result, agreement: agreement(first.values, second.values), spearman: spearman(first.values, second.values), maps: maps(first, second), scatter: scatter(first.values, second.values) };
}

/** Share of the elements under each cell of the maps whose pair lies in a region of the scatter. */
export function selectionShares(first, second, region) {
  const inside = (index) => first.values[index] >= region.x0 && first.values[index] <= region.x1 && second.values[index] >= region.y0 && second.values[index] <= region.y1;
  return pool(first, [(index) => (inside(index) ? 1 : 0)]).cells[0];
}

function summary({ name, shape, values }) {
  const finite = values.filter(Number.isFinite);
  const none = { standardDeviation: NaN, minimum: NaN, maximum: NaN, norm: NaN };
  if (finite.length === 0) return { name, shape: shapeText(shape), count: values.length, nonFinite: values.length, mean: NaN, ...none };
  const mean = sum(finite, (value) => value) / finite.length;
  return {
    name, shape: shapeText(shape), count: values.length, nonFinite: values.length - finite.length, mean,
    standardDeviation: Math.sqrt(sum(finite, (value) => (value - mean) ** 2) / finite.length),
    minimum: finite.reduce((least, value) => Math.min(least, value), Infinity), maximum: finite.reduce((most, value) => Math.max(most, value), -Infinity),
    norm: Math.sqrt(sum(finite, (value) => value * value)),
  };
}

function agreement(one, two) {
  const pairs = finitePairs(one, two);
  if (pairs.length === 0) return { pairs: 0, cosine: null, pearson: null, relativeDistance: null, largestDifference: null, largestDifferenceAt: -1, signAgreement: null, allClose: false };
  const norm = Math.sqrt(sum(pairs, (i) => one[i] ** 2));
  const otherNorm = Math.sqrt(sum(pairs, (i) => two[i] ** 2));
  const worst = pairs.reduce((at, i) => (Math.abs(one[i] - two[i]) > Math.abs(one[at] - two[at]) ? i : at), pairs[0]);
  return {
    pairs: pairs.length,
    cosine: norm > 0 && otherNorm > 0 ? clamp(sum(pairs, (i) => one[i] * two[i]) / norm / otherNorm) : null,
    pearson: correlation(pairs.map((i) => one[i]), pairs.map((i) => two[i])),
    relativeDistance: norm > 0 ? Math.sqrt(sum(pairs, (i) => (one[i] - two[i]) ** 2)) / norm : null,
    largestDifference: Math.abs(one[worst] - two[worst]), largestDifferenceAt: worst,
    signAgreement: pairs.filter((i) => Math.sign(one[i]) === Math.sign(two[i])).length / pairs.length,
    allClose: pairs.length === one.length && pairs.every((i) => Math.abs(one[i] - two[i]) <= 1e-8 + 1e-5 * Math.abs(two[i])),
  };
}

function spearman(one, two) {
  const pairs = finitePairs(one, two);
  return pairs.length === 0 ? null : correlation(ranks(pairs.map((i) => one[i])), ranks(pairs.map((i) => two[i])));
}

function ranks(values) {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const result = new Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) result[order[i]] = (start + end - 1) / 2;
    start = end;
  }
  return result;
}

function correlation(one, two) {
  const mean = sum(one, (value) => value) / one.length;
  const otherMean = sum(two, (value) => value) / two.length;
  let squares = 0, otherSquares = 0, products = 0;
  for (let i = 0; i < one.length; i++) {
    squares += (one[i] - mean) ** 2;
    otherSquares += (two[i] - otherMean) ** 2;
    products += (one[i] - mean) * (two[i] - otherMean);
  }
  return squares > 0 && otherSquares > 0 ? clamp(products / Math.sqrt(squares) / Math.sqrt(otherSquares)) : null;
}

function maps(first, second) {
  const [one, two] = [first.values, second.values];
  const { cells, ...frame } = pool(first, [
    (i) => (isPair(one, two, i) ? one[i] : NaN), (i) => (isPair(one, two, i) ? two[i] : NaN),
    (i) => (!isPair(one, two, i) ? NaN : one[i] === 0 && two[i] === 0 ? 1 : 1 - Math.abs(one[i] - two[i]) / (Math.abs(one[i]) + Math.abs(two[i]))),
    (i) => (isPair(one, two, i) ? one[i] - two[i] : NaN)]);
  return { ...frame, first: cells[0], second: cells[1], similarity: cells[2], difference: cells[3] };
}

/** Means of functions of the elements over the cells of a map; NaN is left out. */
function pool({ shape, values }, functions) {
  const layout = layoutOf(shape);
  const pooledRows = Math.ceil(layout.rows / MAP_SIZE), pooledColumns = Math.ceil(layout.columns / MAP_SIZE);
  const rows = Math.ceil(layout.rows / pooledRows), columns = Math.ceil(layout.columns / pooledColumns);
  const counts = functions.map(() => new Uint32Array(rows * columns));
  const sums = functions.map(() => new Float64Array(rows * columns));
  for (let row = 0; row < layout.rows; row++) {
    for (let column = 0; column < layout.columns; column++) {
      const index = indexAt(layout, row, column);
      if (index >= values.length) continue;
      const cell = Math.floor(row / pooledRows) * columns + Math.floor(column / pooledColumns);
      functions.forEach((value, map) => {
        const number = value(index);
        if (Number.isNaN(number)) return;
        counts[map][cell]++;
        sums[map][cell] += number;
      });
    }
  }
  return { rows, columns, pooledRows, pooledColumns, layout, cells: sums.map((map, which) => Float32Array.from(map, (total, cell) => total / counts[which][cell])) };
}

function scatter(one, two) {
  const pairs = finitePairs(one, two);
  const maximum = pairs.reduce((most, i) => Math.max(most, Math.abs(one[i]), Math.abs(two[i])), 0) || 1;
  const minimum = pairs.some((i) => one[i] < 0 || two[i] < 0) ? -maximum : 0;
  const bin = (value) => Math.min(BINS - 1, Math.max(0, Math.trunc(((value - minimum) / (maximum - minimum)) * BINS)));
  const counts = new Array(BINS * BINS).fill(0);
  for (const i of pairs) counts[bin(two[i]) * BINS + bin(one[i])]++;
  return { minimum, maximum, bins: BINS, counts, points: one.length > MOST_POINTS ? [] : pairs.map((i) => ({ index: i, first: one[i], second: two[i] })) };
}

function matchUnits(first, second, notes) {
  const units = first.shape[0];
  if (first.shape.length < 2 || second.shape.length < 2 || units !== second.shape[0] || first.values.length !== second.values.length || units < 2) return null;
  if (units > MOST_UNITS) {
    notes.push(`Units are matched for at most ${MOST_UNITS.toLocaleString('en')} of them; there are ${units.toLocaleString('en')}.`);
    return null;
  }
  if (!first.values.every(Number.isFinite) || !second.values.every(Number.isFinite)) {
    notes.push('Units are not matched where an element is no finite number.');
    return null;
  }
  const length = first.values.length / units;
  const ones = directions(first.values, units, length), twos = directions(second.values, units, length);
  const cosines = ones.map((unit) => twos.map((other) => dot(unit, other)));
  const partners = largestAssignment(cosines);
  const matched = partners.map((partner, unit) => cosines[unit][partner]);
  return { partners, cosines: matched, meanBefore: sum(cosines, (row, unit) => row[unit]) / units, meanAfter: sum(matched, (value) => value) / units };
}

function directions(values, units, length) {
  return Array.from({ length: units }, (_, unit) => {
    const row = Float64Array.from(values.subarray(unit * length, (unit + 1) * length));
    const norm = Math.sqrt(dot(row, row));
    return norm > 0 ? row.map((value) => value / norm) : row;
  });
}

function linearCka(first, second, notes) {
  const images = first.shape[0];
  const undefinedAs = (why) => {
    notes.push(why);
    return null;
  };
  if (second.shape[0] !== images) return undefinedAs("CKA needs two layers' outputs for the same images along the first axis.");
  if (images < FEWEST_IMAGES) return undefinedAs(`CKA is computed over at least ${FEWEST_IMAGES} images; there are ${images}, of which it would say nothing.`);
  if (!first.values.every(Number.isFinite) || !second.values.every(Number.isFinite)) return undefinedAs('CKA is not defined where an output is no finite number.');
  const one = innerProducts(first.values, images), two = innerProducts(second.values, images);
  const own = dependence(one, one, images), other = dependence(two, two, images);
  return own > 0 && other > 0 ? dependence(one, two, images) / Math.sqrt(own) / Math.sqrt(other) : undefinedAs('CKA is not defined where a layer gives the same for all images.');
}

/** HSIC without bias (Song et al. 2012, eq. 5), of inner products with zeros on the diagonal. */
function dependence(one, two, n) {
  const row = (products, image) => sum(products.slice(image * n, (image + 1) * n), (value) => value);
  let total = 0, otherTotal = 0, crossed = 0;
  for (let image = 0; image < n; image++) {
    const [first, second] = [row(one, image), row(two, image)];
    total += first;
    otherTotal += second;
    crossed += first * second;
  }
  return (dot(one, two) + (total * otherTotal) / ((n - 1) * (n - 2)) - (2 * crossed) / (n - 2)) / (n * (n - 3));
}

function innerProducts(values, images) {
  const features = values.length / images;
  const rows = Array.from({ length: images }, (_, image) => Float64Array.from(values.subarray(image * features, (image + 1) * features)));
  for (let feature = 0; feature < features; feature++) {
    const mean = sum(rows, (row) => row[feature]) / images;
    for (const row of rows) row[feature] -= mean;
  }
  return rows.flatMap((row, image) => rows.map((other, at) => (image === at ? 0 : dot(row, other))));
}

/** Says how many elements of a tensor are not finite, as the server does. */
function noteNonFinite(which, { values }, notes) {
  let nan = 0, infinite = 0;
  for (const value of values) {
    if (Number.isNaN(value)) nan++;
    else if (!Number.isFinite(value)) infinite++;
  }
  const text = (count) => count.toLocaleString('en');
  if (nan + infinite > 0) notes.push(`Of the ${which} tensor ${text(nan + infinite)} of ${text(values.length)} elements are no finite numbers (${text(nan)} NaN, ${text(infinite)} infinite); they are left out of everything here.`);
}

const isPair = (one, two, i) => Number.isFinite(one[i]) && Number.isFinite(two[i]);
const finitePairs = (one, two) => Array.from(one.keys()).filter((i) => isPair(one, two, i));
const clamp = (value) => Math.min(1, Math.max(-1, value));

function dot(one, two) {
  let total = 0;
  for (let i = 0; i < one.length; i++) total += one[i] * two[i];
  return total;
}

function sum(values, of) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += of(values[i], i);
  return total;
}
