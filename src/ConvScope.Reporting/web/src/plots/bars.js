import { colourOf, ink } from '../colours.js';
import { short } from '../format.js';

const HEIGHT = 190;
const LEFT = 64;

/** Most values that are drawn as bars: each has a pixel or more. */
export const MOST_BARS = 512;

/** A tensor of one axis as bars, a bar a unit, in the colours of the mosaics. */
export function barFigure({ values }, room) {
  const finite = values.filter(Number.isFinite);
  const high = Math.max(0, ...finite), low = Math.min(0, ...finite);
  const limit = Math.max(high, -low) || 1;
  const width = Math.max(120, room - LEFT - 12);
  const each = Math.min(40, width / values.length);
  const y = (value) => 12 + ((high - value) / (high - low || 1)) * (HEIGHT - 24);
  return {
    width: room, height: HEIGHT,
    locate: (left, top) => (top >= 0 && left >= LEFT && left < LEFT + each * values.length ? Math.floor((left - LEFT) / each) : -1),
    draw(surface) {
      const colours = ink();
      for (const value of new Set([high, 0, low])) {
        surface.path([[LEFT, y(value)], [LEFT + each * values.length, y(value)]], colours.line);
        surface.text(short(value), LEFT - 8, y(value), colours.text, { align: 'right', size: 11 });
      }
      values.forEach((value, at) => {
        const isFinite = Number.isFinite(value);
        const packed = colourOf('diverging', -limit, limit, isFinite ? Math.sign(value) * (0.35 * limit + 0.65 * Math.abs(value)) : value);
        const [top, bottom] = isFinite ? [y(Math.max(0, value)), y(Math.min(0, value))] : [12, HEIGHT - 12];
        surface.rectangle(LEFT + at * each, top, Math.max(1, each - (each > 3 ? 1 : 0)), Math.max(1, bottom - top), `rgb(${packed & 255},${(packed >> 8) & 255},${(packed >> 16) & 255})`);
      });
    },
  };
}
