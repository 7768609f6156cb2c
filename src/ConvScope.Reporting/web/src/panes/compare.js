import { category, colourOf, dimmed, ink, signedLimit } from '../colours.js';
import { choice, h, table } from '../dom.js';
import { percent, short } from '../format.js';
import { placeOf } from '../math/layout.js';
import { gridOf } from '../plots/mosaic.js';
import { Pane, drawing } from '../pane.js';
import { colourBar, raster } from '../plots/raster.js';

const KINDS = ['Weights', 'Gradients', 'Activations'];
const SIZE = 330;

/** Any two tensors: how alike they are, where they differ, and how their elements scatter. */
export function comparePane(page) {
  const picks = [new Pick(page, 'First', 0), new Pick(page, 'Second', 1)];
  let shown = '';
  const pane = new Pane('Two tensors', async (body) => {
    for (const pick of picks) pick.show();
    const [first, second] = picks.map((pick) => pick.choice);
    if (!first || !second) return body.replaceChildren('No tensors were kept in this run.');
    const key = JSON.stringify([first, second, document.documentElement.dataset.theme]);
    if (key === shown && body.childElementCount > 0) return undefined;
    shown = '';
    const comparison = await page.feed.compare(first, second);
    showComparison(page, pane, body, comparison, first, second);
    shown = key;
    return undefined;
  }, { wide: true, help: 'Parameters, gradients or activations, of one run or two, of one step or two. Drag over the scatter to mark those elements in the maps.' });
  for (const pick of picks) pick.onChange = () => pane.update().then(() => pane.drawNow()); // also where the page has moved it out of sight meanwhile
  pane.tools.append(...picks.map((pick) => pick.element));
  return pane;
}

/** The controls that choose one tensor. */
class Pick {
  constructor(page, title, which) {
    this.page = page;
    this.which = which;
    this.element = h('fieldset', {}, h('legend', {}, title));
    this.legend = this.element.firstChild;
  }

  /** What was asked for: it stands in the address. */
  get wish() {
    return { part: '', ...this.page.state.compare?.[this.which] };
  }

  show() {
    const runs = this.page.runs;
    const run = runs.find((one) => one.id === this.wish.run) ?? runs[Math.min(this.which, runs.length - 1)];
    const kinds = KINDS.filter((kind) => run.view.snapshots.some((snapshot) => snapshot.kind === kind));
    const kind = kinds.includes(this.wish.kind) ? this.wish.kind : kinds[0];
    const snapshots = run.view.snapshots.filter((snapshot) => snapshot.kind === kind);
    const snapshot = snapshots.find((one) => one.step === this.wish.step) ?? (this.which === 0 && runs.length === 1 ? snapshots[0] : snapshots.at(-1));
    const array = snapshot?.arrays.find((one) => one.name === this.wish.name) ?? snapshot?.arrays[0];
    const part = /^\d+(,\d+)*$/.test(this.wish.part) ? this.wish.part.split(',').map(Number) : [];
    this.choice = array ? { run: run.id, kind, step: snapshot.step, name: array.name, part } : null;
    const state = JSON.stringify([this.choice, runs.map((one) => one.id), snapshots.length]);
    if (state === this.state) return;
    this.state = state;
    const wish = (changes) => {
      const picks = [0, 1].map((which) => this.page.state.compare?.[which] ?? {});
      picks[this.which] = { ...picks[this.which], ...changes };
      this.page.state.note({ compare: picks });
      this.onChange();
    };
    const partInput = h('input', { type: 'text', size: '6', placeholder: 'all', value: this.wish.part, pattern: '[0-9]+(,[0-9]+)*', onchange: () => wish({ part: partInput.value.replaceAll(' ', '') }) });
    this.element.replaceChildren(this.legend,
      runs.length > 1 ? choice('Run', runs.map((one) => [one.id, one.view.name]), run.id, (value) => wish({ run: value })) : '',
      choice('Kind', kinds, kind, (value) => wish({ kind: value })),
      choice('Step', snapshots.map((one) => [one.step, one.step.toLocaleString('en')]), snapshot?.step, (value) => wish({ step: Number(value) })),
      choice('Tensor', snapshot?.arrays.map((one) => [one.name, `${one.name} ${one.shape.join('x')}`]) ?? [], array?.name, (value) => wish({ name: value })),
      h('label', { class: 'field' }, h('span', {}, 'Part'), partInput));
  }
}

function showComparison(page, pane, body, comparison, first, second) {
  const { agreement, maps, scatter, units } = comparison;
  const numbers = [
    ['cosine', short(agreement?.cosine)], ['Pearson', short(agreement?.pearson)], ['Spearman', short(comparison.spearman)], ['relative distance ‖a−b‖/‖a‖', short(agreement?.relativeDistance)],
    ['largest difference', short(agreement?.largestDifference)], ['sign agreement', percent(agreement?.signAgreement)], ['all close', agreement ? (agreement.allClose ? 'yes' : 'no') : '–'],
    ['linear CKA', short(comparison.cka)], ['mean cosine of units', short(units?.meanBefore)], ['… after matching', short(units?.meanAfter)],
  ];
  const rows = [['number', 'value'], ...numbers, ...[comparison.first, comparison.second].flatMap((one) => ['name', 'shape', 'count', 'nonFinite', 'mean', 'standardDeviation', 'minimum', 'maximum', 'norm'].map((name) => [name, one[name]]))];
  const summaries = table('The two tensors', ['', 'a', 'b'], ['name', 'shape', 'count', 'nonFinite', 'mean', 'standardDeviation', 'minimum', 'maximum', 'norm']
    .map((name) => [name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), ...[comparison.first, comparison.second].map((one) => (typeof one[name] === 'number' ? short(one[name]) : one[name]))]));
  const parts = [h('ul', { class: 'notes' }, comparison.notes.map((note) => h('li', {}, note))),
    h('div', { class: 'columns' }, maps ? figures(page, pane, maps, scatter, first, second, rows, comparison.first.shape) : null,
      h('div', {}, table('Numbers over the pairs of elements', ['', 'value'], numbers), summaries))];
  if (!maps) pane.offer({ rows: () => rows });
  if (units) parts.push(unitDetails(units));
  body.replaceChildren(...parts);
}

function figures(page, pane, maps, scatter, first, second, rows, shape) {
  const marked = { shares: null };
  const limit = Math.max(signedLimit(maps.first), signedLimit(maps.second));
  const isSigned = scatter.minimum < 0;
  const grid = gridFor(maps, shape);
  const figure = { width: 2 * (SIZE + 110), height: 2 * (SIZE + 40), draw(surface) {
    const place = (column, row) => [column * (SIZE + 110), row * (SIZE + 40)];
    drawMap(surface, ...place(0, 0), grid, maps.similarity, 'similarity 1 − |a−b| / (|a|+|b|)', 'unsigned', 0, 1, marked.shares);
    drawMap(surface, ...place(1, 0), grid, maps.difference, 'difference a − b', 'diverging', -signedLimit(maps.difference), signedLimit(maps.difference), marked.shares);
    drawMap(surface, ...place(0, 1), grid, maps.first, 'a', isSigned ? 'diverging' : 'unsigned', isSigned ? -limit : 0, limit, null);
    drawScatter(surface, ...place(1, 1), scatter);
  } };
  const holder = h('div', { class: 'brushable' });
  const redraw = () => {
    const canvas = drawing(figure, 'Similarity map, difference map, first tensor, and scatter of the pairs of elements with y = x');
    canvas.id = 'comparison';
    holder.replaceChildren(canvas, brush);
  };
  const status = h('p', { class: 'help', 'aria-live': 'polite' }, maps.pooledRows * maps.pooledColumns > 1 ? `A cell of the maps is the mean over ${maps.pooledRows}×${maps.pooledColumns} elements.` : '');
  const left = SIZE + 110 + 50, top = SIZE + 40 + 24, width = SIZE - 60;
  const brush = h('div', { class: 'brush', role: 'application', tabindex: '0', 'aria-label': 'Scatter; drag to mark elements in the maps' });
  Object.assign(brush.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${width}px` });
  bindBrush(brush, width, async (box) => {
    const value = (share) => scatter.minimum + share * (scatter.maximum - scatter.minimum);
    const region = box && { x0: value(box.left), x1: value(box.right), y0: value(1 - box.bottom), y1: value(1 - box.top) };
    marked.shares = region ? await page.feed.select(first, second, region) : null;
    const inside = region ? scatter.points.filter((point) => point.first >= region.x0 && point.first <= region.x1 && point.second >= region.y0 && point.second <= region.y1) : [];
    status.textContent = region ? `${scatter.points.length > 0 ? inside.length.toLocaleString('en') : 'The'} elements with a from ${short(region.x0)} to ${short(region.x1)} and b from ${short(region.y0)} to ${short(region.y1)} are framed in the maps.` : '';
    status.dataset.marked = String(marked.shares ? marked.shares.reduce((count, share) => count + (share > 0 ? 1 : 0), 0) : 0);
    redraw();
  });
  redraw();
  pane.offer({ figure, rows: () => (scatter.points.length > 0 ? [...rows, [], ['index', 'row', 'column', 'a', 'b'], ...scatter.points.map((point) => [point.index, ...placeOf(maps.layout, point.index), point.first, point.second])] : rows) });
  return h('div', {}, holder, status);
}

/** Cells of the maps where the picture has them: kernels and channels with gaps between them, as in the cards; a pooled tensor as it is laid out. */
function gridFor(maps, shapeText) {
  const shape = shapeText.split('x').map(Number);
  if (maps.pooledRows * maps.pooledColumns > 1 || !shape.every(Number.isFinite)) return { rows: maps.rows, columns: maps.columns, cell: (row, column) => row * maps.columns + column };
  const grid = gridOf(shape, { length: shape.reduce((product, length) => product * length, 1) });
  return { rows: grid.rows, columns: grid.columns, cell(row, column) {
    const index = grid.index(row, column);
    if (index < 0) return -1;
    const [at, across] = placeOf(maps.layout, index);
    return at * maps.columns + across;
  } };
}

function drawMap(surface, x, y, grid, values, title, palette, low, high, shares) {
  const colours = ink();
  const scale = Math.min(SIZE / grid.columns, (SIZE - 24) / grid.rows);
  const [width, height] = [grid.columns * scale, grid.rows * scale];
  surface.text(title, x, y + 10, colours.text, { bold: true });
  surface.picture(raster(grid.columns, grid.rows, (row, column) => {
    const cell = grid.cell(row, column);
    if (cell < 0) return 0;
    const value = values[cell];
    if (Number.isNaN(value)) return 0;
    const colour = colourOf(palette, low, high, value);
    const isDimmed = shares && !(shares[cell] > 0);
    return isDimmed ? dimmed(colour) : colour;
  }), x, y + 24, width, height);
  colourBar(surface, palette, low, high, { x: x + width + 10, y: y + 34, height: Math.max(60, Math.min(200, height - 20)), ink: colours });
}

function drawScatter(surface, x, y, scatter) {
  const colours = ink();
  const [left, top, size] = [x + 50, y + 24, SIZE - 60];
  const at = (value) => (value - scatter.minimum) / (scatter.maximum - scatter.minimum);
  surface.text('scatter: b over a, y = x dashed', x, y + 10, colours.text, { bold: true });
  surface.frame(left, top, size, size, colours.line);
  surface.path([[left, top + size], [left + size, top]], colours.faint, 1, [5, 4]);
  if (scatter.points.length > 0) {
    for (const point of scatter.points) surface.dot(left + at(point.first) * size, top + (1 - at(point.second)) * size, 2, category(0));
  } else {
    const most = Math.log1p(scatter.counts.reduce((high, count) => Math.max(high, count), 1));
    surface.picture(raster(scatter.bins, scatter.bins, (row, column) => {
      const count = scatter.counts[(scatter.bins - 1 - row) * scatter.bins + column];
      return count === 0 ? 0 : colourOf('unsigned', 0, most, Math.log1p(count));
    }), left, top, size, size);
    colourBar(surface, 'unsigned', 0, most, { x: left + size + 10, y: top + 10, height: size - 20, ink: colours, unit: 'count', text: (value) => Math.round(Math.expm1(value)).toLocaleString('en') });
  }
  for (const share of [0, 0.5, 1]) {
    const value = short(scatter.minimum + share * (scatter.maximum - scatter.minimum));
    surface.text(value, left + share * size, top + size + 14, colours.text, { align: 'center', size: 11 });
    surface.text(value, left - 6, top + (1 - share) * size, colours.text, { align: 'right', size: 11 });
  }
}

/** Drags a box over an element; a click without dragging takes it away. */
function bindBrush(element, size, onBox) {
  const box = h('div', { class: 'box' });
  let from = null;
  const bounds = (event) => {
    const area = element.getBoundingClientRect();
    const at = [(event.clientX - area.left) / size, (event.clientY - area.top) / size].map((share) => Math.min(1, Math.max(0, share)));
    return { left: Math.min(from[0], at[0]), right: Math.max(from[0], at[0]), top: Math.min(from[1], at[1]), bottom: Math.max(from[1], at[1]) };
  };
  element.append(box);
  element.addEventListener('pointerdown', (event) => {
    const area = element.getBoundingClientRect();
    from = [(event.clientX - area.left) / size, (event.clientY - area.top) / size];
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    if (!from) return;
    const { left, right, top, bottom } = bounds(event);
    Object.assign(box.style, { display: 'block', left: `${left * size}px`, top: `${top * size}px`, width: `${(right - left) * size}px`, height: `${(bottom - top) * size}px` });
  });
  element.addEventListener('pointerup', (event) => {
    const chosen = bounds(event);
    from = null;
    const isBox = chosen.right - chosen.left > 0.01 && chosen.bottom - chosen.top > 0.01;
    if (!isBox) box.style.display = 'none';
    onBox(isBox ? chosen : null);
  });
}

function unitDetails(units) {
  const details = h('details', {}, h('summary', {}, `Matched units: ${units.partners.filter((partner, unit) => partner !== unit).length} of ${units.partners.length} have another partner than their own index`),
    table('Matched units', ['unit of a', 'unit of b', 'cosine'], units.partners.slice(0, 256).map((partner, unit) => [unit, partner, short(units.cosines[unit])])));
  return details;
}
