import { colourOf, ink, signedLimit } from '../colours.js';
import { short, shapeText } from '../format.js';
import { colourBar, raster } from './raster.js';

const BAR = 96;
const MOST_HEIGHT = 420;

/**
 * A tensor as a picture: the kernels of a convolution or the channels of a feature map as tiles in a near-square grid, anything else as it is laid out. Signed data are centred at zero,
 * data without a negative number start at zero.
 */
export function mosaicFigure(tensor, room) {
  const { values } = tensor;
  const isSigned = values.some((value) => value < 0);
  const high = signedLimit(values);
  const low = isSigned ? -high : 0;
  const palette = isSigned ? 'diverging' : 'unsigned';
  let beyond = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) > high) beyond++;
  const clipped = beyond / values.length;
  const grid = tensor.isPooled ? asLaidOut(tensor.rows, tensor.columns, values) : gridOf(tensor.shape, values);
  const fit = Math.min(24, (room - BAR - 20) / grid.columns, MOST_HEIGHT / grid.rows);
  const zoom = fit >= 1 ? Math.floor(fit) : fit;
  const [width, height] = [grid.columns * zoom, grid.rows * zoom];
  return {
    width: Math.ceil(width) + BAR + 12, height: Math.max(110, Math.ceil(height) + 28), grid, zoom, isSigned, low, high, clipped,
    draw(surface) {
      const colours = ink();
      const picture = raster(grid.columns, grid.rows, (row, column) => {
        const index = grid.index(row, column);
        return index < 0 ? 0 : colourOf(palette, low, high, values[index]);
      });
      surface.picture(picture, 0, 4, width, height);
      colourBar(surface, palette, low, high, { x: width + 14, y: 22, height: Math.max(64, Math.min(200, height - 30)), ink: colours, clipped });
    },
  };
}

/** Whether a convolution has so many more outputs than inputs that the outputs run to the right instead of downwards. */
export const isLong = (shape) => shape.length === 4 && shape[1] > 1 && shape[0] > 2 * shape[1];

/** Whether a tensor needs the width of the page to be seen. */
export function isWide(shape) {
  if (shape.length === 4) return shape[1] > 1 && Math.max(shape[0], shape[1]) * (shape[3] + 1) > 120;
  return shape.length === 2 && shape[1] > 120;
}

/** What is said of a tensor in words. */
export function tensorText(tensor) {
  const { mean, standardDeviation, minimum, maximum, nonFinite } = tensor.summary;
  return `${shapeText(tensor.shape)}, mean ${short(mean)}, std ${short(standardDeviation)}, ${short(minimum)} to ${short(maximum)}${nonFinite > 0 ? `, ${nonFinite} not finite` : ''}`;
}

/** The mean, spread and range of values in the browser: for a part of a tensor. */
export function summarize(values) {
  let count = 0, mean = 0, squares = 0, minimum = Infinity, maximum = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  if (count === 0) return { mean: NaN, standardDeviation: NaN, minimum: NaN, maximum: NaN, nonFinite: values.length };
  return { mean, standardDeviation: Math.sqrt(squares / count), minimum, maximum, nonFinite: values.length - count };
}

const asLaidOut = (rows, columns, values) => ({ rows, columns, index: (row, column) => (row * columns + column < values.length ? row * columns + column : -1) });

function gridOf(shape, values) {
  if (shape.length === 5) return tiles([shape[0], shape[1] * shape[2], shape[3], shape[4]]); // volumes: a tile a depth
  if (shape.length === 4 || shape.length === 3) return tiles(shape);
  if (shape.length === 2) {
    const side = Math.round(Math.sqrt(shape[1]));
    if (shape[0] <= 16 && side * side === shape[1] && side >= 8) return tiles([shape[0], side, side]); // units that see an image: each as that image
    return asLaidOut(shape[0], shape[1], values);
  }
  const columns = Math.min(values.length, 32);
  return asLaidOut(Math.ceil(values.length / columns), columns, values);
}

/** Tiles with a gap of a cell, so that their edges are seen: outputs × inputs of a convolution, or channels in a near-square. */
function tiles(shape) {
  const [rowsOfTile, columnsOfTile] = shape.slice(-2);
  const isMatrix = shape.length === 4 && shape[1] > 1;
  const count = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const isTurned = isMatrix && isLong(shape);
  const across = isMatrix ? shape[isTurned ? 0 : 1] : Math.ceil(Math.sqrt((count * rowsOfTile) / columnsOfTile));
  const down = Math.ceil(count / across);
  const [height, width] = [rowsOfTile + 1, columnsOfTile + 1];
  return {
    rows: down * height - 1, columns: across * width - 1,
    index(row, column) {
      const [tileRow, tileColumn] = [Math.floor(row / height), Math.floor(column / width)];
      const [insideRow, insideColumn] = [row % height, column % width];
      const tile = isTurned ? tileColumn * down + tileRow : tileRow * across + tileColumn;
      if (insideRow === rowsOfTile || insideColumn === columnsOfTile || tile >= count) return -1;
      return (tile * rowsOfTile + insideRow) * columnsOfTile + insideColumn;
    },
  };
}
