import { colourOf } from '../colours.js';
import { short } from '../format.js';

/** One pixel a cell: a canvas that a surface enlarges without smoothing. `colour` gives a packed colour, 0 for none. */
export function raster(columns, rows, colour) {
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d');
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) pixels[at++] = colour(row, column);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A colour bar with its ends, its middle and a unit, to the right of a figure. */
export function colourBar(surface, palette, low, high, { x, y, height, ink, unit = '', clipped = 0, text = short }) {
  const bar = raster(1, 128, (row) => colourOf(palette, 0, 127, 127 - row));
  surface.picture(bar, x, y, 12, height);
  surface.frame(x, y, 12, height, ink.line);
  [0, 0.25, 0.5, 0.75, 1].forEach((at) => surface.text(text(low + at * (high - low)), x + 18, y + height * (1 - at), ink.text, { size: 11 }));
  if (unit) surface.text(unit, x, y - 12, ink.faint, { size: 11 });
  if (clipped > 0) surface.text(`▲ ${(100 * clipped).toFixed(1)} % beyond`, x, y + height + 13, ink.faint, { size: 10 });
}
