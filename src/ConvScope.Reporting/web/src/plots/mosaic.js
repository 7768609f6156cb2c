import { colourOf, ink, pack, signedLimit } from '../colours.js';
import { short, shapeText } from '../format.js';
import { colourBar, raster } from './raster.js';

const BAR = 96;
const MOST_HEIGHT = 440;
const LARGEST_CELL = 40;

/**
 * A tensor as a picture: the kernels of a convolution or the channels of a feature map as tiles in a near-square grid, anything else as it is laid out. Signed data are centred at zero,
 * data without a negative number start at zero. Filters over three input channels are drawn in true colour where `look` is "filters", images as they are where it is "photo".
 */
export function mosaicFigure(tensor, room, look = '') {
  const { values, shape } = tensor;
  const isSigned = values.some((value) => value < 0);
  const high = signedLimit(values);
  const low = isSigned ? -high : 0;
  const palette = isSigned ? 'diverging' : 'unsigned';
  let beyond = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) > high) beyond++;
  const clipped = beyond / values.length;
  const isPhoto = look === 'photo' && !tensor.isPooled && shape.length === 3 && (shape[0] === 1 || shape[0] === 3);
  const isColour = look === 'filters' && !tensor.isPooled && shape.length === 4 && shape[1] === 3;
  const grid = tensor.isPooled ? asLaidOut(tensor.rows, tensor.columns, values) : isPhoto ? plane(shape) : isColour ? tiles([shape[0], ...shape.slice(2)], 3) : gridOf(shape, values);
  const area = grid.plane ?? 0;
  const level = isPhoto ? between(tensor.summary.minimum, tensor.summary.maximum) : between(-high, high);
  const bar = isPhoto || isColour ? 8 : BAR;
  const fit = Math.min(LARGEST_CELL, (room - bar - 20) / grid.columns, MOST_HEIGHT / grid.rows);
  const zoom = fit >= 1 ? Math.floor(fit) : fit;
  const [width, height] = [grid.columns * zoom, grid.rows * zoom];
  const colourAt = (index) => {
    if (!isPhoto && !isColour) return colourOf(palette, low, high, values[index]);
    const parts = [0, 1, 2].map((part) => values[index + (grid.planes === 3 ? part * area : 0)]);
    return parts.every(Number.isFinite) ? pack(...parts.map(level)) : colourOf(palette, low, high, parts.find((part) => !Number.isFinite(part)));
  };
  return {
    width: Math.ceil(width) + bar + 12, height: Math.max(bar === BAR ? 110 : 40, Math.ceil(height) + 28), isColour, grid,
    locate(left, top) {
      const [row, column] = [Math.floor((top - 4) / zoom), Math.floor(left / zoom)];
      return row >= 0 && row < grid.rows && column < grid.columns ? grid.index(row, column) : -1;
    },
    draw(surface) {
      const picture = raster(grid.columns, grid.rows, (row, column) => {
        const index = grid.index(row, column);
        return index < 0 ? 0 : colourAt(index);
      });
      surface.picture(picture, 0, 4, width, height, zoom < 1);
      if (bar === BAR) colourBar(surface, palette, low, high, { x: width + 14, y: 22, height: Math.max(64, Math.min(200, height - 30)), ink: ink(), clipped });
    },
  };
}

const between = (low, high) => (value) => Math.max(0, Math.min(255, Math.round((255 * (value - low)) / (high - low || 1))));

/** An image of one or three channels: a cell a pixel. */
const plane = ([channels, rows, columns]) => ({ rows, columns, planes: channels, plane: rows * columns, index: (row, column) => row * columns + column });

/** Whether a convolution has more outputs than inputs: then the outputs run to the right instead of downwards. */
export const isLong = (shape) => shape.length === 4 && shape[1] > 1 && shape[0] > shape[1] && shape[0] <= 3 * shape[1];

/** Whether a tensor is the filters that look at the images themselves. */
export const isFirstLayer = (shape) => shape.length === 4 && (shape[1] === 1 || shape[1] === 3) && shape[2] * shape[3] > 1;

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

/** Where the elements of a tensor stand in its mosaic. */
export function gridOf(shape, values) {
  if (shape.length === 5) return tiles([shape[0], shape[1] * shape[2], shape[3], shape[4]]); // volumes: a tile a depth
  if (shape.length === 4 && shape[1] > 1 && shape[0] > 3 * shape[1]) return strips(shape);
  if (shape.length === 4 || shape.length === 3) return tiles(shape);
  if (shape.length === 2) {
    const side = Math.round(Math.sqrt(shape[1]));
    if (shape[0] <= 16 && side * side === shape[1] && side >= 8) return tiles([shape[0], side, side]); // units that see an image: each as that image
    return asLaidOut(shape[0], shape[1], values);
  }
  const columns = Math.min(values.length, 32);
  return asLaidOut(Math.ceil(values.length / columns), columns, values);
}

/** Filters over few inputs: each is a strip of its kernels, and the strips stand in a near-square. */
function strips([filters, inputs, rowsOfTile, columnsOfTile]) {
  const [height, width] = [rowsOfTile + 1, inputs * (columnsOfTile + 1) + 1];
  const across = Math.max(1, Math.min(filters, Math.round(Math.sqrt((filters * height) / width))));
  return {
    rows: Math.ceil(filters / across) * height - 1, columns: across * width - 2,
    index(row, column) {
      const filter = Math.floor(row / height) * across + Math.floor(column / width);
      const [insideRow, along] = [row % height, column % width];
      const [input, insideColumn] = [Math.floor(along / (columnsOfTile + 1)), along % (columnsOfTile + 1)];
      if (insideRow === rowsOfTile || insideColumn === columnsOfTile || input >= inputs || filter >= filters) return -1;
      return ((filter * inputs + input) * rowsOfTile + insideRow) * columnsOfTile + insideColumn;
    },
  };
}

/** Tiles with a gap of a cell, so that their edges are seen: outputs × inputs of a convolution, or channels in a near-square. */
function tiles(shape, planes = 1) {
  const [rowsOfTile, columnsOfTile] = shape.slice(-2);
  const isMatrix = shape.length === 4 && shape[1] > 1;
  const count = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const isTurned = isMatrix && isLong(shape);
  const across = isMatrix ? shape[isTurned ? 0 : 1] : Math.ceil(Math.sqrt((count * rowsOfTile) / columnsOfTile));
  const down = Math.ceil(count / across);
  const [height, width] = [rowsOfTile + 1, columnsOfTile + 1];
  return {
    rows: down * height - 1, columns: across * width - 1, planes, plane: rowsOfTile * columnsOfTile,
    index(row, column) {
      const [tileRow, tileColumn] = [Math.floor(row / height), Math.floor(column / width)];
      const [insideRow, insideColumn] = [row % height, column % width];
      const tile = isTurned ? tileColumn * down + tileRow : tileRow * across + tileColumn;
      if (insideRow === rowsOfTile || insideColumn === columnsOfTile || tile >= count) return -1;
      return (tile * planes * rowsOfTile + insideRow) * columnsOfTile + insideColumn;
    },
  };
}
