import { category } from '../colours.js';
import { h } from '../dom.js';
import { Pane } from '../pane.js';
import { Lines } from '../plots/lines.js';

const CHARTS = [
  { title: 'Loss', unit: 'nats', units: { regression: 'variances of the labels' }, isLoss: true, series: [['loss', 'batch', { raw: true }], ['train loss', 'training, epoch', { dots: true }], ['validation loss', 'validation', { dashed: true, dots: true }]] },
  { title: 'Accuracy', unit: 'share right', never: 'regression', series: [['accuracy', 'batch', { raw: true }], ['train accuracy', 'training, epoch', { dots: true }], ['validation accuracy', 'validation', { dashed: true, dots: true }]] },
  { title: 'Error', unit: 'unit of the labels', only: 'regression', series: [['train rmse', 'training, epoch (RMSE)', { dots: true }], ['validation rmse', 'validation (RMSE)', { dashed: true, dots: true }]] },
  { title: 'Learning rate', unit: '1', series: [['learning rate', 'learning rate', {}]] },
];

/** Loss, accuracy or error, and learning rate of all chosen runs in one chart each; a chart that none of them can have is left out. */
export function curvePanes(page) {
  const tasks = page.runs.map((run) => run.view.metadata.task ?? 'multiclass');
  const isThere = ({ series }) => page.runs.some((run) => run.view.status === 'running' || series.some(([quantity]) => run.indexOf(quantity) >= 0));
  const charts = CHARTS.filter(({ only, never, ...chart }) => isThere(chart) && tasks.some((task) => (only ? task === only : task !== never)));
  const unitOf = ({ unit, units, isLoss }) => [...new Set(tasks.map((task, which) => (isLoss && page.runs[which].view.series.some((one) => one.quantity === 'loss' && one.unit === '1') ? 'loss' : units?.[task] ?? unit)))].join(' or ');
  return charts.map(({ title, series, ...chart }) => linesPane(page, title, unitOf(chart), page.state.log, async () => {
    const curves = await Promise.all(page.runs.flatMap((run, which) => series.map(async ([quantity, label, look], at) => ({
      label: page.runs.length > 1 ? `${run.view.name}: ${label}` : label,
      colour: category(page.runs.length > 1 ? which : at),
      points: await run.read(quantity),
      ...look,
    }))));
    return { curves };
  }));
}

/** A pane with a chart of curves over the page's axis; `bring` gives its curves and bands. */
export function linesPane(page, title, unit, isLog, bring, options = {}) {
  const lines = new Lines(title);
  return new Pane(title, async (body, pane) => {
    const { curves, bands } = await bring();
    if (curves.every((curve) => curve.points.step.length === 0)) return body.replaceChildren(h('p', { class: 'help' }, 'Not recorded in this run.'));
    if (lines.element.parentElement !== body) body.replaceChildren(lines.element);
    const { x, smoothing, log } = page.state;
    lines.draw({ curves, bands, x, smoothing, unit, isLog: isLog || log, flags: page.flags(page.focus), at: page.placeOnAxis(page.focus) });
    pane.offer({ figure: lines.figure(), rows: () => lines.rows() });
    return undefined;
  }, options);
}
