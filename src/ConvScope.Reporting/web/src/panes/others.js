import { h, table } from '../dom.js';
import { short } from '../format.js';
import { Pane } from '../pane.js';
import { CURVE_QUANTITIES } from './curves.js';
import { FLOW_QUANTITIES, perTarget } from './gradients.js';

const DRAWN = new Set([...CURVE_QUANTITIES, ...FLOW_QUANTITIES]);
const UNITS = { fraction: 'share', 1: '' };
const USED_BY_RULES = /^(gradient|weight|output|initial|inactive|dominant|probability)/;
const HELP = {
  'dead units': 'Share of a layer\u2019s units that gave nothing for any image of the probe set.',
  'unit similarity': 'Largest cosine between the weights of two units of a layer: 1 for two that do the same.',
};

/** Quantities that no other pane draws: those of a level or a group that was asked for, and what the user recorded. */
export const otherQuantities = (page) => [...new Set(page.runs.flatMap((run) => run.view.series.filter((one) => one.unit !== 'histogram' && !DRAWN.has(one.quantity)).map((one) => one.quantity)))];

/** A pane for each of them that was measured more than once, and one table of what was measured once; `more` are those that the diagnosis uses and few look at. */
export async function otherPanes(page) {
  const found = await Promise.all(otherQuantities(page).map(async (quantity) => {
    const curves = (await Promise.all(page.runs.map((run) => run.series(run.targets(quantity).map((target) => run.indexOf(quantity, target)), { points: 300 })))).flat();
    return { quantity, isOnce: curves.every((curve) => curve.readings <= 1) && page.runs.every((run) => run.view.status !== 'running') };
  }));
  const unit = (quantity) => {
    const of = page.runs.flatMap((run) => run.view.series).find((one) => one.quantity === quantity)?.unit ?? '';
    return UNITS[of] ?? of;
  };
  const pane = ({ quantity }) => perTarget(page, quantity[0].toUpperCase() + quantity.slice(1), quantity, unit(quantity), false, { help: HELP[quantity] ?? '' });
  const often = found.filter(({ isOnce }) => !isOnce);
  const once = found.filter(({ isOnce }) => isOnce).map(({ quantity }) => quantity);
  const isKnown = ({ quantity }) => USED_BY_RULES.test(quantity);
  return { shown: often.filter((one) => !isKnown(one)).map(pane), more: [...often.filter(isKnown).map(pane), ...(once.length > 0 ? [oncePane(page, once)] : [])] };
}

function oncePane(page, quantities) {
  return new Pane('Measured once', async (body, pane) => {
    const rows = (await Promise.all(page.runs.flatMap((run) => quantities.flatMap((quantity) => run.targets(quantity).map(async (target) => {
      const curve = await run.read(quantity, target);
      return curve.readings > 0 ? [[quantity, target || 'the network', short(curve.lastValue), curve.last, ...(page.runs.length > 1 ? [run.view.name] : [])]] : [];
    }))))).flat();
    const heads = ['quantity', 'of', 'value', 'step', ...(page.runs.length > 1 ? ['run'] : [])];
    body.replaceChildren(rows.length > 0 ? table('Measured once', heads, rows) : h('p', { class: 'help' }, 'Nothing.'));
    pane.offer({ rows: () => [heads, ...rows] });
  });
}
