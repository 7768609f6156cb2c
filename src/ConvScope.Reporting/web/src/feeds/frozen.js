import { compare, selectionShares } from '../math/compare.js';
import { decodeBytes, decodeFloats } from './live.js';

/** The feed of a report: everything lies in the file itself, deflated. */
export async function frozenFeed(text) {
  const bytes = decodeBytes(text.trim());
  const data = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).json();
  const of = (id) => data.runs.find((run) => run.view.id === id);

  function tensor(id, kind, step, name) {
    const found = of(id).tensors.find((entry) => entry.kind === kind && entry.step === step && entry.tensor.name === name)?.tensor;
    if (!found) throw new Error(`${name} at step ${step} was left out of this file to keep it small.`);
    return { ...found, values: found.half ? decodeHalves(found.values) : decodeFloats(found.values) };
  }

  function part(choice) {
    const whole = tensor(choice.run, choice.kind, choice.step, choice.name);
    if (whole.isPooled) throw new Error(`${choice.name} is in this file only as a picture; compare it in the dashboard.`);
    const length = choice.part.reduce((size, _, axis) => size / whole.shape[axis], whole.values.length);
    const start = choice.part.reduce((at, index, axis) => at * whole.shape[axis] + index, 0) * length;
    return { name: choice.name, shape: whole.shape.slice(choice.part.length), values: whole.values.subarray(start, start + length) };
  }

  return {
    isLive: false,
    smoothings: [0, ...new Set(data.runs.flatMap((run) => run.series.flatMap(({ curve }) => Object.keys(curve.smooth))))].map(Number).sort((one, other) => one - other),
    runs: async () => data.runs.map((run) => run.entry),
    run: async (id) => of(id).view,
    series: async (id, indices) => indices.map((index) => {
      const { stepsAt, curve } = of(id).series[index];
      return { ...curve, step: of(id).steps[stepsAt] };
    }),
    histograms: async (id, index) => of(id).histograms[index],
    tensor: async (id, kind, step, name) => tensor(id, kind, step, name),
    compare: async (first, second) => {
      const comparison = compare(part(first), part(second), first.kind === 'Activations' && second.kind === 'Activations');
      const rounded = [...new Set([first, second].filter((one) => tensor(one.run, one.kind, one.step, one.name).half).map((one) => one.step))];
      if (rounded.length > 0) comparison.notes.push(`This file keeps the tensors of step ${rounded.join(' and ')} as 16-bit floats: three significant digits.`);
      return comparison;
    },
    select: async (first, second, region) => selectionShares(part(first), part(second), region),
    reportAddress: () => null,
    subscribe: () => {},
  };
}

/** IEEE half-precision floats from base64. */
function decodeHalves(text) {
  const halves = new Uint16Array(decodeBytes(text).buffer);
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
}
