import { colourOf, ink } from '../colours.js';
import { short } from '../format.js';
import { AXES, axisText } from '../math/axis.js';
import { ticks } from './linefigure.js';
import { colourBar, raster } from './raster.js';

/** Room at the left for the longest of some names. */
export const marginFor = (names, most = 260) => Math.min(most, 18 + 6.4 * names.reduce((longest, name) => Math.max(longest, name.length), 4));

/**
 * A matrix over time with a colour bar. Its columns are moments at their true places on the axis, each as wide as it is until the next, the last as the widest before it; `rows` from the lowest upwards.
 * @param {{ xs: number[], range: number[], axis: string }} where `xs` are the moments' places.
 */
export function heatFigure({ cells, xs, range, axis, rows, rowTicks, palette, low, high, unit, width = 760, height = 320, left = 120, text = short, mark = null, downwards = false }) {
  const area = { x: left, y: 26, width: width - left - 100, height: height - 70 };
  const fromTop = (row) => (downwards ? row : rows - 1 - row);
  const pixels = Math.max(1, Math.round(area.width));
  const [from, to] = range;
  const widest = xs.slice(1).reduce((most, value, at) => Math.max(most, value - xs[at]), (to - from) / pixels);
  const x = (value) => area.x + ((value - from) / (to - from || 1)) * area.width;
  return {
    width, height,
    draw(surface) {
      const colours = ink();
      let column = -1;
      const columns = Array.from({ length: pixels }, (_, pixel) => {
        const at = from + ((pixel + 0.5) / pixels) * (to - from);
        while (column + 1 < xs.length && xs[column + 1] <= at) column++;
        return column === xs.length - 1 && at > xs[column] + widest ? -1 : column; // nothing was measured any more
      });
      const picture = raster(pixels, rows, (row, pixel) => {
        const value = columns[pixel] < 0 ? null : cells(fromTop(row), columns[pixel]);
        return value === null ? 0 : colourOf(palette, low, high, value);
      });
      surface.picture(picture, area.x, area.y, area.width, area.height);
      surface.frame(area.x, area.y, area.width, area.height, colours.line);
      for (const [row, label] of rowTicks) surface.text(label, area.x - 8, area.y + ((fromTop(row) + 0.5) / rows) * area.height, colours.text, { align: 'right', size: 11 });
      timeTicks(surface, range, axis, x, area.y + area.height, colours, area.width);
      surface.text(AXES[axis], area.x + area.width / 2, height - 10, colours.text, { align: 'center' });
      if (mark !== null && mark >= from && mark <= to) surface.path([[x(mark), area.y - 6], [x(mark), area.y + area.height]], colours.accent, 1.5, [4, 3]);
      colourBar(surface, palette, low, high, { x: area.x + area.width + 16, y: area.y + 10, height: area.height - 20, ink: colours, unit, text });
    },
  };
}

/** Round places on the axis under a figure. */
export function timeTicks(surface, [from, to], axis, x, bottom, colours, width) {
  const tick = (value) => (axis === 'step' ? value.toLocaleString('en') : axis === 'epoch' ? short(value) : axisText(value, axis));
  for (const value of ticks(from, to, false, Math.max(1, Math.round(width / (axis === 'wall' ? 180 : 90))))) {
    surface.path([[x(value), bottom], [x(value), bottom + 4]], colours.line);
    surface.text(tick(value), x(value), bottom + 14, colours.text, { align: 'center', size: 11 });
  }
}
