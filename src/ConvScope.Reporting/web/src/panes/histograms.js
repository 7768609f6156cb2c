import { category, fade, ink } from '../colours.js';
import { choice, toggles } from '../dom.js';
import { short } from '../format.js';
import { Pane, drawing } from '../pane.js';
import { AXES, place, places } from '../math/axis.js';
import { heatFigure, timeTicks } from '../plots/heat.js';
import { indexUpTo, widthOf } from './gradients.js';

// The bins of every histogram, as HistogramBins documents them: 0 overflow, 1..72 negative, 73 underflow, 74 zero, 75 underflow, 76..147 positive, 148 overflow, 149 NaN.
const BINS = 150;
const ZERO = 74;
const KINDS = [['gradient histogram', 'Gradients'], ['weight histogram', 'Weights'], ['update histogram', 'Updates']];
const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Histograms over time, in the bins in which they were recorded. */
export function histogramPane(page) {
  const { state } = page;
  return new Pane('Histograms over time', async (body, pane) => {
    const run = page.focus;
    const targets = run.targets(state.histogram);
    const target = targets.includes(state.histogramTarget) ? state.histogramTarget : targets[0];
    pane.tools.replaceChildren(
      toggles('Of', KINDS.filter(([kind]) => run.targets(kind).length > 0), state.histogram, (histogram) => state.set({ histogram })),
      choice('Parameter', targets.length > 0 ? targets : ['–'], target, (histogramTarget) => state.set({ histogramTarget })),
      toggles('As', [['map', 'Heat map'], ['bands', 'Quantile bands'], ['ridge', 'Ridge']], state.histogramView, (histogramView) => state.set({ histogramView })));
    if (!target) return body.replaceChildren('Histograms were not recorded in this run.');
    const data = await run.histograms(run.indexOf(state.histogram, target));
    const dense = data.counts.map(densify);
    const { clock } = run.view;
    const where = { xs: places(clock, data.steps, state.x), range: page.range(), axis: state.x, mark: place(clock, page.step, state.x) };
    const figure = { map: mapFigure, bands: bandsFigure, ridge: ridgeFigure }[state.histogramView](data, dense, page.step, widthOf(body), where);
    const description = `${KINDS.find(([kind]) => kind === state.histogram)[1]} of ${target}: ${data.steps.length} histograms over ${BINS} bins`;
    body.replaceChildren(drawing(figure, description), noteOf(data));
    pane.offer({ figure, rows: () => [['step', ...Array.from({ length: BINS }, (_, bin) => binName(bin))], ...data.steps.map((step, at) => [step, ...dense[at]])] });
    return undefined;
  }, { wide: true, help: 'Bins as recorded, the same for the whole run and for every run: logarithmic in magnitude, zero in a bin of its own, never binned again.' });
}

const noteOf = (data) => Object.assign(document.createElement('p'), {
  className: 'help', textContent: `${BINS} bins, two to an octave from 2⁻³⁰ to 2⁶.${data.every > 1 ? ` Every ${data.every}th of the histograms is shown.` : ''}`,
});

/** Counts of all bins from pairs of bin and count. */
function densify(pairs) {
  const counts = new Array(BINS).fill(0);
  for (let at = 0; at < pairs.length; at += 2) counts[pairs[at]] = pairs[at + 1];
  return counts;
}

/** The lower edge of a bin's magnitude, signed; 0 for the bin of zeros and the underflows. */
function valueOf(bin) {
  if (bin >= 73 && bin <= 75) return 0;
  return bin > ZERO ? 2 ** (-30 + (Math.min(bin, 148) - 76) / 2) : -(2 ** (-30 + (72 - Math.max(bin, 0)) / 2));
}

const binName = (bin) => (bin === 149 ? 'NaN' : bin === ZERO ? 'zero' : bin === 0 || bin === 148 ? `${bin ? '' : '−'}overflow` : bin === 73 || bin === 75 ? `${bin > ZERO ? '' : '−'}underflow` : short(valueOf(bin)));

/** The bins that hold anything at any moment, with one more at each side. */
function usedBins(dense) {
  const used = Array.from({ length: BINS }, (_, bin) => bin).filter((bin) => dense.some((counts) => counts[bin] > 0));
  return [Math.max(0, (used[0] ?? 60) - 1), Math.min(BINS - 1, (used.at(-1) ?? 90) + 1)];
}

function binTicks(first, last) {
  const ticks = [];
  for (let bin = first; bin <= last; bin++) {
    const distance = Math.abs(bin - ZERO);
    if (bin === ZERO || bin === 149 || (distance >= 4 && (distance - 2) % Math.max(8, Math.ceil((last - first) / 14)) === 0)) ticks.push([bin - first, binName(bin)]);
  }
  return ticks;
}

function mapFigure(data, dense, step, full, where) {
  const [first, last] = usedBins(dense);
  const most = Math.log1p(dense.reduce((high, counts) => Math.max(high, ...counts), 1));
  return heatFigure({
    cells: (row, column) => Math.log1p(dense[column][first + row]), ...where, rows: last - first + 1, rowTicks: binTicks(first, last),
    palette: 'unsigned', low: 0, high: most, unit: 'count', text: (value) => Math.round(Math.expm1(value)).toLocaleString('en'), width: full, height: 420,
  });
}

function frame(dense, full, { xs, range, axis }) {
  const [first, last] = usedBins(dense);
  const [left, top, width, height] = [120, 26, full - 160, 340];
  return {
    first, last, left, top, width, height,
    x: (at) => left + ((xs[at] - range[0]) / (range[1] - range[0] || 1)) * width,
    y: (bin) => top + height - ((bin - first) / (last - first || 1)) * height,
    axes(surface, colours) {
      for (const [row, label] of binTicks(first, last)) {
        const y = top + height - (row / (last - first || 1)) * height;
        surface.path([[left, y], [left + width, y]], colours.line);
        surface.text(label, left - 8, y, colours.text, { align: 'right', size: 11 });
      }
      timeTicks(surface, range, axis, (value) => left + ((value - range[0]) / (range[1] - range[0] || 1)) * width, top + height, colours, width);
      surface.text(AXES[axis], left + width / 2, top + height + 36, colours.text, { align: 'center' });
    },
  };
}

function bandsFigure(data, dense, step, full, where) {
  const area = frame(dense, full, where);
  const quantiles = dense.map((counts) => SHARES.map((share) => quantileBin(counts, share)));
  return { width: full, height: 420, draw(surface) {
    const colours = ink();
    area.axes(surface, colours);
    [[0, 6, 0.15], [1, 5, 0.25], [2, 4, 0.4]].forEach(([low, high, opacity]) => {
      const upper = quantiles.map((marks, at) => [area.x(at), area.y(marks[high])]);
      const lower = quantiles.map((marks, at) => [area.x(at), area.y(marks[low])]).reverse();
      surface.area([...upper, ...lower], fade(category(0), opacity));
    });
    surface.path(quantiles.map((marks, at) => [area.x(at), area.y(marks[3])]), category(0), 2);
    const x = area.x(indexUpTo(data.steps, step));
    surface.path([[x, area.top], [x, area.top + area.height]], colours.accent, 1.5, [4, 3]);
    surface.text('median, and 50, 90, 98 % of the elements', area.left, 12, colours.text, { size: 11 });
  } };
}

function quantileBin(counts, share) {
  const total = counts.slice(0, 149).reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let bin = 0; bin < 149; bin++) {
    if (counts[bin] > 0 && below + counts[bin] >= share * total) return bin - 0.5 + (share * total - below) / counts[bin];
    below += counts[bin];
  }
  return ZERO;
}

function ridgeFigure(data, dense, step, full) {
  const [first, last] = usedBins(dense);
  const until = indexUpTo(data.steps, step);
  const every = Math.max(1, Math.ceil((until + 1) / 24));
  const rows = Array.from({ length: until + 1 }, (_, at) => at).filter((at) => (until - at) % every === 0);
  const most = rows.reduce((high, at) => Math.max(high, ...dense[at]), 1);
  const [left, width, height] = [80, full - 120, 420];
  const x = (bin) => left + ((bin - first) / (last - first || 1)) * width;
  return { width: full, height, draw(surface) {
    const colours = ink();
    rows.forEach((at, place) => {
      const base = 130 + (place / Math.max(1, rows.length - 1)) * (height - 190);
      const line = dense[at].slice(first, last + 1).map((count, row) => [x(first + row), base - (count / most) * 100]);
      surface.area([[left, base], ...line, [left + width, base]], fade(category(0), 0.1 + (0.55 * (place + 1)) / rows.length));
      surface.path(line, fade(category(0), 0.25 + (0.75 * (place + 1)) / rows.length), 1.2);
      if (place % Math.ceil(rows.length / 8) === 0 || place === rows.length - 1) surface.text(data.steps[at].toLocaleString('en'), left - 8, base, colours.text, { align: 'right', size: 11 });
    });
    for (const [row, label] of binTicks(first, last)) surface.text(label, x(first + row), height - 36, colours.text, { align: 'center', size: 10 });
    surface.text('value, logarithmic in magnitude; a ridge a moment, the newest darkest; moments are not equally far apart', left + width / 2, height - 14, colours.text, { align: 'center' });
  } };
}
