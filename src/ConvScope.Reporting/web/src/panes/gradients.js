import { category, ink } from '../colours.js';
import { h, table } from '../dom.js';
import { short } from '../format.js';
import { place, places } from '../math/axis.js';
import { blocksOf, chosen, combined } from '../math/blocks.js';
import { Pane, drawing } from '../pane.js';
import { heatFigure, marginFor } from '../plots/heat.js';
import { FEWER_POINTS } from '../rundata.js';
import { linesPane } from './curves.js';

const MOST_LINES = 16;
const MOST_ROWS = 64;
const HEALTHY = { from: 1e-4, to: 1e-2 };

/** What each pane of curves draws. */
const CHARTS = [
  ['Gradient norms', 'gradient norm', '‖gradient‖', true],
  ['Mean gradients', 'gradient mean', 'mean gradient', false],
  ['Update ratios', 'update ratio', '‖ΔW‖ / ‖W‖', true, { bands: [HEALTHY], help: 'The band from 1e−4 to 1e−2 is where healthy trainings mostly lie; about 1e−3 is usual.' }],
  ['Distance from initialisation', 'distance from initialization', '‖W − W₀‖', false],
  ['Mean activations', 'output mean', 'mean output on the probe batch', false],
  ['Activation gradients', 'output gradient norm', '‖∂loss/∂output‖', true],
  ['Zero and saturated outputs', 'output zero share', 'share of the output', false, { also: 'output saturation' }],
];

/** Quantities that these panes draw. */
export const FLOW_QUANTITIES = [...CHARTS.flatMap(([, quantity, , , look]) => [quantity, look?.also].filter(Boolean)), 'gradient max'];

/** Gradient flow per parameter in forward order, norms and means over steps, update ratios, what the layers give. */
export function gradientPanes(page) {
  const isThere = (quantity) => page.runs.some((run) => run.view.status === 'running' || run.targets(quantity).length > 0);
  return [
    ...(!isThere('gradient norm') ? [] : [new Pane('Gradient flow', (body, pane) => drawFlow(page, body, pane), { help: 'Every parameter in forward order, at the chosen step: norm (dot), largest magnitude (square), and the norms of earlier steps (faint).' }),
    new Pane('Gradient norms, parameter by step', (body, pane) => drawHeat(page, body, pane), { help: 'Bright means large. A dark band that stays is a layer that learns nothing.' })]),
    ...CHARTS.filter(([, quantity]) => isThere(quantity)).map(([title, quantity, unit, isLog, look]) => perTarget(page, title, quantity, unit, isLog, look)),
  ];
}

/** Curves of a quantity, one a parameter or layer, or one a block of them. */
export function perTarget(page, title, quantity, unit, isLog, { bands = [], help = '', also = null } = {}) {
  const isNorm = /norm|distance/.test(quantity);
  return linesPane(page, title, unit, isLog, async (how) => {
    const { state } = page;
    const hidden = [];
    const curves = await Promise.all(page.runs.flatMap((run, which) => [quantity, also].filter(Boolean).flatMap((name) => {
      const all = run.targets(name);
      const parts = state.parts === 'auto' && all.some((target) => !target.endsWith('.bias')) ? 'weights' : state.parts;
      const targets = chosen(all, { targets: state.targets, parts });
      const groups = state.blocks ? [...blocksOf(targets)] : targets.map((target) => [target, [target]]);
      if (groups.length > MOST_LINES) hidden.push(`the first ${MOST_LINES} of ${groups.length.toLocaleString('en')}: filter them by name, or group them by block`);
      return groups.slice(0, MOST_LINES).map(async ([label, members], at) => {
        const points = await run.series(members.map((target) => run.indexOf(name, target)), { ...how(run), points: FEWER_POINTS });
        return {
          run, label: `${page.runs.length > 1 ? `${run.view.name}: ` : ''}${label}${name === also ? ', saturated' : ''}`,
          colour: category(page.runs.length > 1 ? which : at), dashed: at >= 7 || name === also, raw: true, points: members.length > 1 ? combined(points, isNorm) : points[0],
        };
      });
    })));
    return { curves, bands, remark: hidden[0] ?? (state.blocks ? `one line a block: ${isNorm ? 'root of the sum of squares' : 'mean'} over its members` : '') };
  }, { help });
}

/** The choice of parameters and layers, for all panes of the section; made once, so that what is typed stays. */
export function targetTools(page) {
  const { state } = page;
  const filter = h('input', { type: 'search', placeholder: 'all', 'aria-label': 'Filter parameters and layers by name', value: state.targets, oninput: () => state.set({ targets: filter.value }) });
  const parts = h('select', { 'aria-label': 'Which parameters', onchange: () => state.set({ parts: parts.value }) },
    [['auto', 'weights, in the flow all'], ['weights', 'weights'], ['biases', 'biases'], ['all', 'weights and biases']].map(([value, text]) => h('option', { value, selected: value === state.parts }, text)));
  const blocks = h('input', { type: 'checkbox', onchange: () => state.set({ blocks: blocks.checked }) });
  blocks.checked = state.blocks;
  return h('div', { class: 'tools' }, h('label', { class: 'field' }, h('span', {}, 'Name contains'), filter), h('label', { class: 'field' }, h('span', {}, 'Show'), parts), h('label', { class: 'field' }, blocks, h('span', {}, 'One line a block')));
}

/** Rows of the flow: parameters in forward order as they are chosen, or blocks of them where that was asked for or there are too many. */
async function flow(page) {
  const run = page.focus;
  const { state } = page;
  const targets = chosen(run.targets('gradient norm'), { targets: state.targets, parts: state.parts === 'auto' ? 'all' : state.parts });
  const isGrouped = state.blocks || targets.length > MOST_ROWS;
  const groups = isGrouped ? [...blocksOf(targets)] : targets.map((target) => [target, [target]]);
  const of = async (name, join) => {
    const curves = await run.series(targets.map((target) => run.indexOf(name, target)), { points: FEWER_POINTS });
    const byName = new Map(targets.map((target, at) => [target, curves[at]]));
    return groups.map(([, members]) => (members.length > 1 ? join(members.map((member) => byName.get(member))) : byName.get(members[0])));
  };
  const [norms, largest] = await Promise.all([of('gradient norm', (curves) => combined(curves, true)), of('gradient max', largestOf)]);
  const note = isGrouped ? `${targets.length.toLocaleString('en')} parameters in ${groups.length} blocks: the norm is that of the whole block.` : '';
  return { run, targets: groups.map(([name]) => name), norms, largest, note };
}

function largestOf(curves) {
  const same = curves.filter((curve) => curve.step.length === curves[0].step.length);
  return { ...curves[0], value: curves[0].step.map((_, at) => same.reduce((most, curve) => Math.max(most, curve.value[at] ?? 0), 0)) };
}

async function drawFlow(page, body, pane) {
  const { targets, norms, largest, note } = await flow(page);
  if (targets.length === 0) return body.replaceChildren(page.focus.targets('gradient norm').length > 0 ? 'No parameter has such a name.' : 'Gradients were not measured in this run.');
  const step = page.step;
  const now = (points) => points.value[indexUpTo(points.step, step)] ?? null;
  const measured = norms[0].step[indexUpTo(norms[0].step, step)] ?? step; // what is shown is as old as that
  const sizes = [...norms, ...largest].flatMap((points) => points.value).filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(sizes.reduce((one, other) => Math.min(one, other), 0)), high = Math.ceil(sizes.reduce((one, other) => Math.max(one, other), -12));
  const width = widthOf(body);
  const left = marginFor(targets) + 12;
  const figure = { width, height: 46 + 24 * targets.length, draw(surface) {
    const colours = ink();
    const x = (value) => left + ((Math.log10(value) - low) / (high - low || 1)) * (width - left - 30);
    for (let power = low; power <= high; power += Math.max(1, Math.ceil((high - low) / 10))) {
      surface.path([[x(10 ** power), 8], [x(10 ** power), 16 + 24 * targets.length]], colours.line);
      surface.text(short(10 ** power), x(10 ** power), 30 + 24 * targets.length, colours.text, { align: 'center', size: 11 });
    }
    targets.forEach((target, row) => {
      const y = 20 + 24 * row;
      surface.text(target, left - 12, y, colours.text, { align: 'right', size: 11 });
      const every = Math.max(1, Math.floor(norms[row].value.length / 200));
      norms[row].value.forEach((value, at) => at % every === 0 && value > 0 && norms[row].step[at] <= step && surface.rectangle(x(value) - 0.5, y - 6, 1, 12, colours.band));
      if (now(largest[row]) > 0) surface.frame(x(now(largest[row])) - 3, y - 3, 6, 6, category(1), 1.5);
      if (now(norms[row]) > 0) surface.dot(x(now(norms[row])), y, 5, category(0));
    });
  } };
  const rows = targets.map((target, row) => [target, now(norms[row]), now(largest[row])]);
  body.replaceChildren(drawing(figure, `Gradient norms at step ${measured}: ${rows.map(([target, norm]) => `${target} ${short(norm)}`).join(', ')}`), note ? h('p', { class: 'help' }, note) : '', h('p', { class: 'help' }, `Measured at step ${measured.toLocaleString('en')}.`), detailsTable(rows, measured));
  pane.offer({ figure, rows: () => [['parameter', 'norm', 'largest'], ...rows] });
  return undefined;
}

function detailsTable(rows, step) {
  return h('details', {}, h('summary', {}, `Numbers at step ${step.toLocaleString('en')}`),
    table('Gradient norms', ['parameter', 'norm', 'largest magnitude'], rows.map(([target, norm, most]) => [target, short(norm), short(most)])));
}

async function drawHeat(page, body, pane) {
  const { run, targets, norms, note } = await flow(page);
  const steps = norms[0]?.step ?? [];
  if (steps.length === 0) return body.replaceChildren('Gradients were not measured in this run.');
  const { clock } = run.view;
  const { x: axis } = page.state;
  const levels = norms.map((points) => points.value.map((value) => (value > 0 ? Math.log10(value) : null)));
  const all = levels.flat().filter((value) => value !== null);
  const figure = heatFigure({
    cells: (row, column) => levels[row][Math.min(column, levels[row].length - 1)] ?? null, xs: places(clock, steps, axis), range: page.range(), axis, rows: targets.length, downwards: true,
    rowTicks: targets.map((target, at) => [at, target]), palette: 'unsigned', unit: '‖gradient‖', text: (value) => short(10 ** value), left: marginFor(targets),
    low: all.reduce((one, other) => Math.min(one, other), 0), high: all.reduce((one, other) => Math.max(one, other), -12), width: widthOf(body), height: Math.max(170, 80 + 22 * targets.length), mark: place(clock, page.step, axis),
  });
  body.replaceChildren(drawing(figure, `Norm of each parameter's gradient over ${steps.length} steps`), note ? h('p', { class: 'help' }, note) : '');
  pane.offer({ figure, rows: () => [['step', ...targets], ...steps.map((step, at) => [step, ...norms.map((points) => points.value[at])])] });
  return undefined;
}

/** Index of the last step at or before a step; the first one where all are later. */
export function indexUpTo(steps, step) {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (steps[middle] <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The width that a figure may have in a pane. */
export const widthOf = (body) => Math.max(300, Math.min(1100, body.clientWidth || 760));
