// Palettes of the figures: diverging RdBu reversed (blue negative), viridis, Okabe-Ito.
const DIVERGING = ['#053061', '#2166ac', '#4393c3', '#92c5de', '#d1e5f0', '#f7f7f7', '#fddbc7', '#f4a582', '#d6604d', '#b2182b', '#67001f'];
const VIRIDIS = ['#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'];
const SEQUENCE = ['#0072B2', '#E69F00', '#009E73', '#D55E00', '#CC79A7', '#56B4E9', '#8a7d00'];
const ON_DARK = ['#56B4E9', '#E69F00', '#2fc79b', '#ff7f3f', '#e29cc5', '#8fa8ff', '#F0E442'];
const STEPS = 512;

const parse = (text) => [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16));

/** A colour as one number, as the pixels of a canvas hold it: alpha, blue, green, red. */
export const pack = (red, green, blue) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

function ramp(stops) {
  const colours = stops.map(parse);
  return Uint32Array.from({ length: STEPS }, (_, i) => {
    const at = (i / (STEPS - 1)) * (colours.length - 1);
    const low = Math.min(Math.floor(at), colours.length - 2);
    return pack(...[0, 1, 2].map((part) => Math.round(colours[low][part] + (at - low) * (colours[low + 1][part] - colours[low][part]))));
  });
}

const tables = { diverging: ramp(DIVERGING), unsigned: ramp(VIRIDIS) };
const NOT_A_NUMBER = pack(255, 0, 255);
const INFINITE = pack(0, 0, 0);

/** Maps a value between two ends to a packed colour. NaN is magenta, an infinity black; values beyond the ends take the colour of the end. */
export function colourOf(palette, low, high, value) {
  if (value !== value) return NOT_A_NUMBER;
  if (value === Infinity || value === -Infinity) return INFINITE;
  const at = high > low ? (value - low) / (high - low) : 0.5;
  return tables[palette][Math.round(Math.min(1, Math.max(0, at)) * (STEPS - 1))];
}

/** A packed colour for CSS. */
export const cssOf = (packed) => `rgb(${packed & 255},${(packed >> 8) & 255},${(packed >> 16) & 255})`;

/** A packed colour drawn towards grey: what is not marked. */
export const dimmed = (packed) => pack(...[packed & 255, (packed >> 8) & 255, (packed >> 16) & 255].map((part) => Math.round(128 + (part - 128) * 0.18)));

/** Whether the page is dark at this moment. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

/** The colour of the n-th category; told apart also with a colour vision deficiency. */
export const category = (index) => (isDark() ? ON_DARK : SEQUENCE)[index % SEQUENCE.length];

/** Colours of text, lines and grounds as the style sheet has them. */
export function ink() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { text: of('--text'), faint: of('--faint'), line: of('--line'), ground: of('--pane'), accent: of('--accent'), band: of('--band') };
}

/** A colour with an opacity, for canvas and SVG alike. */
export function fade(colour, opacity) {
  const [red, green, blue] = parse(colour);
  return `rgba(${red},${green},${blue},${opacity})`;
}

/** The largest magnitude that is drawn in a colour of its own: the 99.5th percentile of all magnitudes, as in the figures. */
export function signedLimit(values) {
  const sizes = new Float32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size < Infinity) sizes[count++] = size; // neither NaN nor infinite
  }
  if (count === 0) return 1;
  const sorted = sizes.subarray(0, count).sort();
  return sorted[Math.min(count - 1, Math.ceil(0.995 * count) - 1)] || sorted[count - 1] || 1;
}
