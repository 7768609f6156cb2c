import { fade, ink } from '../colours.js';
import { short } from '../format.js';
import { smooth } from '../math/smooth.js';

const MARGIN = { left: 76, right: 20, top: 40, bottom: 44 };

/** Draws a chart of curves on a surface, for files: the same curves as on the screen. */
export function drawLines(surface, { curves, x, smoothing, isLog, unit, bands = [], flags = [] }) {
  const colours = ink();
  const shown = curves.filter((curve) => curve.points.step.length > 0);
  const level = (value) => (isLog ? Math.log10(value) : value);
  const usable = (value) => value !== null && (!isLog || value > 0);
  const xs = shown.flatMap((curve) => [curve.points[x][0], curve.points[x].at(-1)]);
  const ys = shown.flatMap((curve) => curve.points.value.filter(usable).map(level));
  if (ys.length === 0) return surface.text('no readings', surface.width / 2, surface.height / 2, colours.faint, { align: 'center' });
  const [left, right] = [least(xs), most(xs)];
  const [low, high] = padded(least(ys), most(ys));
  const width = surface.width - MARGIN.left - MARGIN.right, height = surface.height - MARGIN.top - MARGIN.bottom;
  const placeX = (value) => MARGIN.left + ((value - left) / (right - left || 1)) * width;
  const placeY = (value) => MARGIN.top + height - ((level(value) - low) / (high - low)) * height;
  const clampY = (value) => Math.min(MARGIN.top + height, Math.max(MARGIN.top, placeY(value)));

  for (const { from, to } of bands) surface.rectangle(MARGIN.left, clampY(to), width, clampY(from) - clampY(to), colours.band);
  for (const value of ticks(low, high, isLog)) {
    const y = MARGIN.top + height - ((value - low) / (high - low)) * height;
    surface.path([[MARGIN.left, y], [MARGIN.left + width, y]], colours.line);
    surface.text(short(isLog ? 10 ** value : value), MARGIN.left - 8, y, colours.text, { align: 'right', size: 11 });
  }
  for (const value of ticks(left, right, false)) surface.text(short(value), placeX(value), surface.height - 30, colours.text, { align: 'center', size: 11 });
  surface.text(x, MARGIN.left + width / 2, surface.height - 12, colours.text, { align: 'center' });
  surface.text(unit, 14, MARGIN.top + height / 2, colours.text, { align: 'center', turned: true });
  for (const flag of flags) surface.path([[placeX(flag.at), MARGIN.top], [placeX(flag.at), MARGIN.top + height]], flag.colour, 1, [4, 3]);

  let legend = MARGIN.left;
  for (const curve of shown) {
    const trace = (values) => values.map((value, at) => (usable(value) ? [placeX(curve.points[x][at]), placeY(value)] : null));
    const isSmoothed = curve.raw && smoothing > 0;
    if (isSmoothed) surface.path(trace(curve.points.value), fade(curve.colour, 0.28));
    surface.path(trace(isSmoothed ? smooth(curve.points.step, curve.points.value, smoothing) : curve.points.value), curve.colour, 2, curve.dashed ? [6, 4] : []);
    if (legend > surface.width - 120) continue;
    surface.path([[legend, 22], [legend + 18, 22]], curve.colour, 3, curve.dashed ? [6, 4] : []);
    surface.text(curve.label, legend + 24, 22, colours.text, { size: 11 });
    legend += 40 + 6.4 * curve.label.length;
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
export function ticks(low, high, isLog) {
  const rough = (high - low) / 6 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = isLog ? Math.max(1, Math.round(rough)) : power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const values = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9 * step; value += step) values.push(Math.abs(value) < 1e-12 * step ? 0 : value);
  return values;
}
