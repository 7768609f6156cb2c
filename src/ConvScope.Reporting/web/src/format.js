/** A number with at most four significant digits; a dash where there is none. */
export function short(value) {
  if (typeof value === 'string') value = Number(value); // "NaN" and "Infinity", which JSON has no numbers for
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2).replace('e+', 'e').replace('-', '−').replace('e-', 'e−');
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/** A share as a percentage. */
export const percent = (value) => (value === null || value === undefined ? '–' : `${(100 * value).toFixed(2)} %`);

/** A duration in seconds as people say it. */
export function duration(seconds) {
  if (!(seconds >= 0)) return '–';
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A shape as the record writes it. */
export const shapeText = (shape) => (shape.length === 0 ? 'scalar' : shape.join('x'));
