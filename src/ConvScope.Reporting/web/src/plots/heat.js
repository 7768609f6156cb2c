import { colourOf, ink } from '../colours.js';
import { short } from '../format.js';
import { colourBar, raster } from './raster.js';

/** A matrix over two axes with a colour bar: `columns` are moments, `rows` from the lowest upwards. */
export function heatFigure({ cells, columns, rows, columnTicks, rowTicks, palette, low, high, unit, width = 760, height = 320, left = 120, text = short, mark = null, downwards = false }) {
  const area = { x: left, y: 26, width: width - left - 100, height: height - 70 };
  const fromTop = (row) => (downwards ? row : rows - 1 - row);
  return {
    width, height,
    draw(surface) {
      const colours = ink();
      const picture = raster(columns, rows, (row, column) => {
        const value = cells(fromTop(row), column);
        return value === null ? 0 : colourOf(palette, low, high, value);
      });
      surface.picture(picture, area.x, area.y, area.width, area.height);
      surface.frame(area.x, area.y, area.width, area.height, colours.line);
      for (const [row, label] of rowTicks) surface.text(label, area.x - 8, area.y + ((fromTop(row) + 0.5) / rows) * area.height, colours.text, { align: 'right', size: 11 });
      for (const [column, label] of columnTicks) surface.text(label, area.x + ((column + 0.5) / columns) * area.width, area.y + area.height + 14, colours.text, { align: 'center', size: 11 });
      surface.text('step', area.x + area.width / 2, height - 10, colours.text, { align: 'center' });
      if (mark !== null) {
        const x = area.x + ((mark + 0.5) / columns) * area.width;
        surface.path([[x, area.y - 6], [x, area.y + area.height]], colours.accent, 1.5, [4, 3]);
      }
      colourBar(surface, palette, low, high, { x: area.x + area.width + 16, y: area.y + 10, height: area.height - 20, ink: colours, unit, text });
    },
  };
}

/** At most `most` evenly spread labels for a list of steps. */
export function stepTicks(steps, most = 8) {
  const every = Math.max(1, Math.ceil(steps.length / most));
  return steps.map((step, at) => [at, step.toLocaleString('en')]).filter((_, at) => at % every === 0);
}
