import { choice, h, toggles } from '../dom.js';
import { Pane, drawing } from '../pane.js';
import { isLong, isWide, mosaicFigure, summarize, tensorText } from '../plots/mosaic.js';

const WEIGHT_KINDS = [['Weights', 'Weights'], ['Gradients', 'Gradients'], ['Change', 'Change since the start']];

/** A section of cards, one a tensor; a card fetches its tensor when it is seen. */
class Cards {
  #panes = [];
  #key = '';

  constructor(page, id, title, help) {
    this.page = page;
    this.tools = h('div', { class: 'tools' });
    this.grid = h('div', { class: 'cards' });
    this.element = h('section', { id }, h('h2', {}, title), h('p', { class: 'help' }, help), this.tools, this.grid);
  }

  /** Shows a card for each name; the same names keep their cards and draw anew. */
  show(names, render) {
    const key = names.join('\n');
    if (key !== this.#key) {
      this.dispose();
      this.#key = key;
      this.#panes = names.map((name) => new Pane(name, (body, pane) => this.render(name, body, pane)));
      this.grid.replaceChildren(...(names.length > 0 ? this.#panes.map((pane) => pane.element) : [h('p', {}, 'Nothing of this kind was kept in this run.')]));
    }
    this.render = render;
    for (const pane of this.#panes) pane.update();
  }

  dispose() {
    for (const pane of this.#panes) pane.dispose();
    this.#panes = [];
    this.#key = '';
  }
}

/** Draws one tensor into a card. */
function showTensor(body, pane, tensor, step, name) {
  pane.element.classList.toggle('wide', isWide(tensor.shape));
  const figure = mosaicFigure(tensor, body.clientWidth || 300);
  const canvas = drawing(figure, `${name} at step ${step}: ${tensorText(tensor)}`);
  const readout = h('p', { class: 'help' }, tensorText(tensor));
  canvas.addEventListener('mousemove', (event) => {
    const index = figure.grid.index(Math.floor((event.offsetY - 4) / figure.zoom), Math.floor(event.offsetX / figure.zoom));
    readout.textContent = index >= 0 && index < tensor.values.length && event.offsetX < figure.grid.columns * figure.zoom ? `[${places(tensor, index)}] = ${tensor.values[index]}` : tensorText(tensor);
  });
  canvas.addEventListener('mouseleave', () => (readout.textContent = tensorText(tensor)));
  body.replaceChildren(h('p', { class: 'help' }, `step ${step.toLocaleString('en')}${tensor.isPooled ? `; a cell is the mean of ${tensor.pooledRows}×${tensor.pooledColumns} elements` : ''}${!tensor.isPooled && isLong(tensor.shape) ? '; outputs to the right, inputs downwards' : ''}`), canvas, readout);
  pane.offer({ figure, rows: () => [['index', 'value'], ...Array.from(tensor.values, (value, index) => [index, value])] });
}

function places(tensor, index) {
  if (tensor.isPooled) return `cell ${index}`;
  const at = [];
  for (const length of [...tensor.shape].reverse()) {
    at.unshift(index % length);
    index = Math.floor(index / length);
  }
  return at.join(', ');
}

/** Weights, gradients, or the weights' change since the first snapshot. */
export function weightCards(page) {
  const cards = new Cards(page, 'weights', 'Weights and gradients', 'Every parameter at the chosen step. Blue is negative, red positive, white exactly zero; one scale for the whole tensor.');
  cards.update = () => {
    const { state, focus: run } = page;
    const source = state.kind === 'Gradients' ? 'Gradients' : 'Weights';
    cards.tools.replaceChildren(toggles('Show', WEIGHT_KINDS, state.kind, (kind) => state.set({ kind })));
    const snapshot = run.snapshot(source, page.step);
    cards.show(snapshot?.arrays.map((array) => array.name) ?? [], async (name, body, pane) => {
      const tensor = await run.tensor(source, snapshot.step, name);
      if (state.kind !== 'Change') return showTensor(body, pane, tensor, snapshot.step, name);
      const start = await run.tensor('Weights', run.snapshot('Weights', 0).step, name);
      const values = tensor.values.map((value, at) => value - start.values[at]);
      return showTensor(body, pane, { ...tensor, values, summary: summarize(values) }, snapshot.step, `Change of ${name}`);
    });
  };
  return cards;
}

/** What the layers give for a probe image: the image first, then the layers in forward order. */
export function activationCards(page) {
  const cards = new Cards(page, 'activations', 'Activations', 'The layers\' outputs for the same probe images at every step, in evaluation mode. Dark is zero where nothing is negative.');
  cards.update = () => {
    const { state, focus: run } = page;
    const snapshot = run.snapshot('Activations', page.step);
    const images = snapshot?.arrays.find((array) => array.name === 'input')?.shape[0] ?? snapshot?.arrays[0]?.shape[0] ?? 0;
    const image = Math.min(state.image, Math.max(0, images - 1));
    cards.tools.replaceChildren(choice('Image', Array.from({ length: images }, (_, at) => [at, String(at)]), image, (value) => state.set({ image: Number(value) })));
    const order = new Map(run.view.layers.map((layer, at) => [layer.name, at]));
    const names = (snapshot?.arrays.map((array) => array.name) ?? []).sort((one, other) => (one === 'input' ? -1 : other === 'input' ? 1 : (order.get(one) ?? 99) - (order.get(other) ?? 99)));
    cards.show(names, async (name, body, pane) => {
      const whole = await run.tensor('Activations', snapshot.step, name);
      showTensor(body, pane, whole.isPooled ? whole : imageOf(whole, image), snapshot.step, name);
    });
  };
  return cards;
}

/** The part of a batch that belongs to one image. */
function imageOf(tensor, image) {
  const length = tensor.values.length / tensor.shape[0];
  const values = tensor.values.subarray(image * length, (image + 1) * length);
  return { ...tensor, shape: tensor.shape.slice(1), values, summary: summarize(values) };
}
