import { category, ink } from '../colours.js';
import { table } from '../dom.js';
import { short } from '../format.js';
import { Pane, drawing } from '../pane.js';
import { heatFigure, stepTicks } from '../plots/heat.js';
import { FEWER_POINTS } from '../rundata.js';
import { linesPane } from './curves.js';

const MOST_LINES = 14;
const HEALTHY = { from: 1e-4, to: 1e-2 };

/** Gradient flow per parameter in forward order, norms and means over steps, update ratios, what the layers give. */
export function gradientPanes(page) {
  return [
    new Pane('Gradient flow', (body, pane) => drawFlow(page, body, pane), { help: 'Every parameter in forward order, at the chosen step: norm (dot), largest magnitude (square), and the norms of earlier steps (faint).' }),
    new Pane('Gradient norms, parameter by step', (body, pane) => drawHeat(page, body, pane), { help: 'Bright means large. A dark band that stays is a layer that learns nothing.' }),
    perTarget(page, 'Gradient norms', 'gradient norm', '‖gradient‖', true),
    perTarget(page, 'Mean gradients', 'gradient mean', 'mean gradient', false),
    perTarget(page, 'Update ratios', 'update ratio', '‖ΔW‖ / ‖W‖', true, { bands: [HEALTHY], help: 'The band from 1e−4 to 1e−2 is where healthy trainings mostly lie; about 1e−3 is usual.' }),
    perTarget(page, 'Distance from initialisation', 'distance from initialization', '‖W − W₀‖', false),
    perTarget(page, 'Mean activations', 'output mean', 'mean output on the probe batch', false),
    perTarget(page, 'Activation gradients', 'output gradient norm', '‖∂loss/∂output‖', true),
    perTarget(page, 'Zero and saturated outputs', 'output zero share', 'share of the output', false, { also: 'output saturation' }),
  ].filter(Boolean);
}

function perTarget(page, title, quantity, unit, isLog, { bands = [], help = '', also = null } = {}) {
  return linesPane(page, title, unit, isLog, async () => {
    const curves = await Promise.all(page.runs.flatMap((run, which) => [quantity, also].filter(Boolean).flatMap((name) => {
      const targets = run.targets(name);
      const weights = targets.filter((target) => !target.endsWith('.bias'));
      const shown = (weights.length > 0 ? weights : targets).slice(0, MOST_LINES);
      return shown.map(async (target, at) => ({
        label: `${page.runs.length > 1 ? `${run.view.name}: ` : ''}${target}${name === also ? ', saturated' : ''}`,
        colour: category(page.runs.length > 1 ? which : at), dashed: at >= 7 || name === also, raw: name.startsWith('gradient'), points: await run.read(name, target, FEWER_POINTS),
      }));
    })));
    return { curves, bands };
  }, { help: `${help}${help ? ' ' : ''}${page.focus?.targets(quantity).length > MOST_LINES ? `The first ${MOST_LINES} targets; all are in the flow.` : ''}`.trim() });
}

async function flow(page) {
  const run = page.focus;
  const targets = run.targets('gradient norm');
  const [norms, largest] = await Promise.all(['gradient norm', 'gradient max'].map((name) => run.series(targets.map((target) => run.indexOf(name, target)), FEWER_POINTS)));
  return { run, targets, norms, largest };
}

async function drawFlow(page, body, pane) {
  const { targets, norms, largest } = await flow(page);
  if (targets.length === 0) return body.replaceChildren('Gradients were not measured in this run.');
  const step = page.step;
  const now = (points) => points.value[indexUpTo(points.step, step)] ?? null;
  const sizes = [...norms, ...largest].flatMap((points) => points.value).filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(sizes.reduce((one, other) => Math.min(one, other), 0)), high = Math.ceil(sizes.reduce((one, other) => Math.max(one, other), -12));
  const width = widthOf(body);
  const figure = { width, height: 46 + 24 * targets.length, draw(surface) {
    const colours = ink();
    const x = (value) => 170 + ((Math.log10(value) - low) / (high - low || 1)) * (width - 200);
    for (let power = low; power <= high; power += Math.max(1, Math.ceil((high - low) / 10))) {
      surface.path([[x(10 ** power), 8], [x(10 ** power), 16 + 24 * targets.length]], colours.line);
      surface.text(short(10 ** power), x(10 ** power), 30 + 24 * targets.length, colours.text, { align: 'center', size: 11 });
    }
    targets.forEach((target, row) => {
      const y = 20 + 24 * row;
      surface.text(target, 158, y, colours.text, { align: 'right' });
      const every = Math.max(1, Math.floor(norms[row].value.length / 200));
      norms[row].value.forEach((value, at) => at % every === 0 && value > 0 && norms[row].step[at] <= step && surface.rectangle(x(value) - 0.5, y - 6, 1, 12, colours.band));
      if (now(largest[row]) > 0) surface.frame(x(now(largest[row])) - 3, y - 3, 6, 6, category(1), 1.5);
      if (now(norms[row]) > 0) surface.dot(x(now(norms[row])), y, 5, category(0));
    });
  } };
  const rows = targets.map((target, row) => [target, now(norms[row]), now(largest[row])]);
  body.replaceChildren(drawing(figure, `Gradient norms at step ${step}: ${rows.map(([target, norm]) => `${target} ${short(norm)}`).join(', ')}`),
    detailsTable(rows, step));
  pane.offer({ figure, rows: () => [['parameter', 'norm', 'largest'], ...rows] });
  return undefined;
}

function detailsTable(rows, step) {
  const details = document.createElement('details');
  details.append(Object.assign(document.createElement('summary'), { textContent: `Numbers at step ${step.toLocaleString('en')}` }),
    table('Gradient norms', ['parameter', 'norm', 'largest magnitude'], rows.map(([target, norm, most]) => [target, short(norm), short(most)])));
  return details;
}

async function drawHeat(page, body, pane) {
  const { targets, norms } = await flow(page);
  const steps = norms[0]?.step ?? [];
  if (steps.length === 0) return body.replaceChildren('Gradients were not measured in this run.');
  const levels = norms.map((points) => points.value.map((value) => (value > 0 ? Math.log10(value) : null)));
  const all = levels.flat().filter((value) => value !== null);
  const figure = heatFigure({
    cells: (row, column) => levels[row][Math.min(column, levels[row].length - 1)] ?? null, columns: steps.length, rows: targets.length, downwards: true,
    columnTicks: stepTicks(steps), rowTicks: targets.map((target, at) => [at, target]), palette: 'unsigned', unit: '‖gradient‖', text: (value) => short(10 ** value),
    low: all.reduce((one, other) => Math.min(one, other), 0), high: all.reduce((one, other) => Math.max(one, other), -12), width: widthOf(body), height: 80 + 22 * targets.length, mark: indexUpTo(steps, page.step),
  });
  body.replaceChildren(drawing(figure, `Norm of each parameter's gradient over ${steps.length} steps`));
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
export const widthOf = (body) => Math.max(420, Math.min(1100, body.clientWidth || 760));
