import { fade, ink } from '../colours.js';
import { short } from '../format.js';
import { AXES, axisText } from '../math/axis.js';
import { withoutCommon } from '../math/blocks.js';
import { crosses } from '../math/gaps.js';

const MARGIN = { left: 76, top: 24, bottom: 44 };
const LINE = 14;

/** Draws a chart of curves on a surface, for files: the same curves as on the screen, their names at the ends. */
export function drawLines(surface, chart) {
  const { curves, x, isLog, unit, range, bands = [], flags = [] } = chart;
  const colours = ink();
  const shown = curves.filter((curve) => curve.points.step.length > 0);
  const level = (value) => (isLog ? Math.log10(value) : value);
  const usable = (value) => value !== null && (!isLog || value > 0);
  const ends = shown.flatMap((curve) => [curve.points.x[0], curve.points.x.at(-1)]);
  const [left, right] = range ?? [least(ends), most(ends)];
  const inside = (curve, at) => curve.points.x[at] >= left && curve.points.x[at] <= right;
  const ys = shown.flatMap((curve) => curve.points.value.filter((value, at) => usable(value) && inside(curve, at)).map(level));
  if (ys.length === 0) return surface.text('no readings', surface.width / 2, surface.height / 2, colours.faint, { align: 'center' });
  const [low, high] = padded(least(ys), most(ys));
  const labelled = withoutCommon(shown.map((curve) => curve.label));
  const names = shown.length < 2 ? 24 : Math.min(220, 30 + 6.2 * most(labelled.map((label) => label.length)));
  const width = surface.width - MARGIN.left - names, height = surface.height - MARGIN.top - MARGIN.bottom;
  const placeX = (value) => MARGIN.left + ((value - left) / (right - left || 1)) * width;
  const placeY = (value) => MARGIN.top + height - ((level(value) - low) / (high - low)) * height;
  const clampY = (value) => Math.min(MARGIN.top + height, Math.max(MARGIN.top, placeY(value)));

  for (const { from, to } of bands) surface.rectangle(MARGIN.left, clampY(to), width, clampY(from) - clampY(to), colours.band);
  for (const value of ticks(low, high, isLog)) {
    const y = MARGIN.top + height - ((value - low) / (high - low)) * height;
    surface.path([[MARGIN.left, y], [MARGIN.left + width, y]], colours.line);
    surface.text(short(isLog ? 10 ** value : value), MARGIN.left - 8, y, colours.text, { align: 'right', size: 11 });
  }
  const tick = (value) => (x === 'step' ? value.toLocaleString('en') : x === 'epoch' ? short(value) : axisText(value, x));
  for (const value of ticks(left, right, false, x === 'wall' ? 3 : 6)) surface.text(tick(value), placeX(value), surface.height - 30, colours.text, { align: 'center', size: 11 });
  surface.text(AXES[x], MARGIN.left + width / 2, surface.height - 12, colours.text, { align: 'center' });
  surface.text(unit, 14, MARGIN.top + height / 2, colours.text, { align: 'center', turned: true });
  for (const flag of flags) if (flag.at >= left && flag.at <= right) surface.path([[placeX(flag.at), MARGIN.top], [placeX(flag.at), MARGIN.top + height]], flag.colour, 1, [4, 3]);

  const labels = [];
  for (const curve of shown) {
    const trace = (values) => values.map((value, at) => (usable(value) && inside(curve, at) ? [placeX(curve.points.x[at]), clampY(value)] : null));
    const isSmoothed = curve.raw && curve.points.smooth;
    if (isSmoothed) surface.path(trace(curve.points.value), fade(curve.colour, 0.28));
    const line = trace(isSmoothed ? curve.points.smooth : curve.points.value);
    surface.path(line, curve.colour, 2, curve.dashed ? [6, 4] : []);
    const end = line.findLast((point) => point !== null);
    if (end && shown.length > 1) labels.push({ curve, y: end[1] });
  }
  for (const { x: at, y, colour, text } of crosses(chart)) {
    if (at < left || at > right) continue;
    surface.text('×', placeX(at), clampY(y), colour, { align: 'center', size: 18, bold: true });
    if (text) surface.text(text, placeX(at) + (placeX(at) > MARGIN.left + 0.6 * width ? -8 : 8), clampY(y) - 12, colours.text, { align: placeX(at) > MARGIN.left + 0.6 * width ? 'right' : 'left', size: 11 });
  }
  labels.sort((one, other) => one.y - other.y);
  labels.forEach((label, at) => (label.y = Math.max(label.y, at > 0 ? labels[at - 1].y + LINE : 0)));
  for (let at = labels.length - 1, limit = MARGIN.top + height; at >= 0; at--, limit -= LINE) labels[at].y = Math.min(labels[at].y, limit);
  for (const { curve, y } of labels) {
    surface.path([[MARGIN.left + width + 6, y], [MARGIN.left + width + 20, y]], curve.colour, 3, curve.dashed ? [4, 3] : []);
    surface.text(labelled[shown.indexOf(curve)], MARGIN.left + width + 24, y, colours.text, { size: 11 });
  }
  return undefined;
}

const least = (values) => values.reduce((one, other) => Math.min(one, other), Infinity);
const most = (values) => values.reduce((one, other) => Math.max(one, other), -Infinity);

function padded(low, high) {
  const margin = 0.05 * (high - low) || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

/** Round values between two ends; whole decades on a logarithmic axis. */
export function ticks(low, high, isLog, count = 6) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = isLog ? Math.max(1, Math.round(rough)) : power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const values = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9 * step; value += step) values.push(Math.abs(value) < 1e-12 * step ? 0 : value);
  return values;
}
