import { category } from '../colours.js';
import { h } from '../dom.js';
import { place, places, stepAt } from '../math/axis.js';
import { remarks } from '../math/gaps.js';
import { Pane } from '../pane.js';
import { Lines } from '../plots/lines.js';

const CHARTS = [
  { title: 'Loss', unit: 'nats', units: { regression: 'variances of the labels' }, isLoss: true, series: [['loss', 'batch', { raw: true }], ['train loss', 'training', { dots: true, isEpoch: true }], ['validation loss', 'validation', { dashed: true, dots: true, isEpoch: true }]] },
  { title: 'Accuracy', unit: 'share right', never: 'regression', series: [['accuracy', 'batch', { raw: true }], ['train accuracy', 'training', { dots: true, isEpoch: true }], ['validation accuracy', 'validation', { dashed: true, dots: true, isEpoch: true }]] },
  { title: 'Error', unit: 'unit of the labels', only: 'regression', series: [['train rmse', 'training (RMSE)', { dots: true, isEpoch: true }], ['validation rmse', 'validation (RMSE)', { dashed: true, dots: true, isEpoch: true }]] },
  { title: 'Learning rate', unit: '', varies: true, series: [['learning rate', 'learning rate', {}]] },
];

/** Quantities that these panes draw. */
export const CURVE_QUANTITIES = CHARTS.flatMap(({ series }) => series.map(([quantity]) => quantity));

/** Loss, accuracy or error, and learning rate of all chosen runs in one chart each; a chart that none of them can have is left out, and so is a learning rate that never changed. */
export async function curvePanes(page) {
  const tasks = page.runs.map((run) => run.view.metadata.task ?? 'multiclass');
  const isThere = ({ series }) => page.runs.some((run) => run.view.status === 'running' || series.some(([quantity]) => run.indexOf(quantity) >= 0));
  const changes = async ({ series, varies }) => {
    if (!varies) return true;
    const rates = await Promise.all(page.runs.map((run) => run.read(series[0][0])));
    return page.runs.some((run) => run.view.status === 'running') || new Set(rates.flatMap((points) => points.value)).size > 1;
  };
  const possible = CHARTS.filter(({ only, never, ...chart }) => isThere(chart) && tasks.some((task) => (only ? task === only : task !== never)));
  const kept = await Promise.all(possible.map(changes));
  const unitOf = ({ unit, units, isLoss }) => [...new Set(tasks.map((task, which) => (isLoss && page.runs[which].view.series.some((one) => one.quantity === 'loss' && one.unit === '1') ? 'loss' : units?.[task] ?? unit)))].join(' or ');
  return possible.filter((_, at) => kept[at]).map(({ title, series, ...chart }) => linesPane(page, title, unitOf(chart), page.state.log, async (how) => {
    const curves = await Promise.all(page.runs.flatMap((run, which) => series.map(async ([quantity, label, look], at) => ({
      run,
      label: page.runs.length > 1 ? `${run.view.name}: ${label}` : label,
      colour: category(page.runs.length > 1 ? which : at),
      points: await run.read(quantity, '', how(run)),
      ...look,
    }))));
    return { curves };
  }));
}

/** A pane with a chart of curves over the page's axis; `bring` gives its curves and bands, and is told how to ask each run for them. */
export function linesPane(page, title, unit, isLog, bring, options = {}) {
  const lines = new Lines(title);
  const notes = h('ul', { class: 'remarks' });
  return new Pane(title, async (body, pane) => {
    const { x, zoom, smoothing, log } = page.state;
    const how = (run) => ({ smoothing, ...(zoom ? { from: stepAt(run.view.clock, zoom[0], x), to: stepAt(run.view.clock, zoom[1], x) } : {}) });
    const { curves: all, bands, remark = '' } = await bring(how);
    const curves = all.filter((curve) => curve.points.readings > 0).map((curve) => ({ ...curve, points: { ...curve.points, x: places(curve.run.view.clock, curve.points.step, x) } })).filter((curve) => curve.points.x.every((value) => value !== null));
    if (curves.length === 0) {
      body.replaceChildren(h('p', { class: 'help' }, all.some((curve) => curve.points.readings > 0) ? 'This record does not say at what time of day it began.' : 'Not recorded in this run.'));
      return pane.offer({});
    }
    if (lines.element.parentElement !== body) body.replaceChildren(lines.element, notes);
    lines.draw({ curves, bands, x, unit, isLog: isLog || log, range: page.range(), flags: page.flags(page.focus), at: page.placeOnAxis(page.focus), onZoom: (range) => page.state.set({ zoom: range }) });
    notes.replaceChildren(...[remark, ...remarks(curves)].filter(Boolean).map((text) => h('li', {}, text)));
    return pane.offer({ figure: lines.figure(), rows: () => rowsOf(curves) });
  }, options);
}

/** The points of curves as rows of a table. */
function rowsOf(curves) {
  return [['curve', 'step', 'epoch', 'seconds', 'value', 'smoothed'], ...curves.flatMap(({ label, points, run: { view: { clock } } }) =>
    points.step.map((step, at) => [label, step, place(clock, step, 'epoch'), place(clock, step, 'seconds'), points.value[at], points.smooth?.[at] ?? null]))];
}
