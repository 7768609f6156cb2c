/**
 * How a tensor is laid out as rows and columns, as TensorLayout does it: a convolution's kernels as a grid, outputs downwards and inputs to the right; two axes as they are; of three, the
 * first two are rows; one axis is wrapped into a near-square; of more than four, the first is rows.
 */
export function layoutOf(shape) {
  const count = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 4) return { rows: shape[0] * shape[2], columns: shape[1] * shape[3], kernelRows: shape[2], kernelColumns: shape[3] };
  if (shape.length === 3) return { rows: shape[0] * shape[1], columns: shape[2], kernelRows: 1, kernelColumns: 1 };
  if (shape.length > 1) return { rows: shape[0], columns: count / shape[0], kernelRows: 1, kernelColumns: 1 };
  const columns = Math.ceil(Math.sqrt(count));
  return { rows: Math.ceil(count / columns), columns, kernelRows: 1, kernelColumns: 1 };
}

/** Index of the element at a row and column; a wrapped axis may end before the last cells do. */
export function indexAt(layout, row, column) {
  const inputs = layout.columns / layout.kernelColumns;
  const kernel = Math.floor(row / layout.kernelRows) * inputs + Math.floor(column / layout.kernelColumns);
  return (kernel * layout.kernelRows + (row % layout.kernelRows)) * layout.kernelColumns + (column % layout.kernelColumns);
}

/** Row and column of an element: the inverse of {@link indexAt}. */
export function placeOf(layout, index) {
  const size = layout.kernelRows * layout.kernelColumns;
  const inputs = layout.columns / layout.kernelColumns;
  const kernel = Math.floor(index / size);
  const inside = index % size;
  return [Math.floor(kernel / inputs) * layout.kernelRows + Math.floor(inside / layout.kernelColumns), (kernel % inputs) * layout.kernelColumns + (inside % layout.kernelColumns)];
}
