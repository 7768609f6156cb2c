import { h, toggles } from '../dom.js';
import { short } from '../format.js';
import { Pane, drawing } from '../pane.js';
import { MOST_BARS, barFigure } from '../plots/bars.js';
import { isFirstLayer, isLong, mosaicFigure, summarize, tensorText } from '../plots/mosaic.js';
import { photos, thumbnail } from '../plots/photo.js';

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
      this.#panes = names.map((name) => this.#card(name));
      this.grid.replaceChildren(...(names.length > 0 ? this.#panes.map((pane) => pane.element) : [h('p', {}, 'Nothing of this kind was kept in this run.')]));
    }
    this.render = render;
    for (const pane of this.#panes) pane.update();
  }

  /** A card with a button that gives it the width of the page. */
  #card(name) {
    const pane = new Pane(name, (body, one) => this.render(name, body, one));
    const enlarge = h('button', { type: 'button', class: 'small enlarge', 'aria-label': `Enlarge ${name}`, 'aria-pressed': 'false', onclick: () => {
      enlarge.setAttribute('aria-pressed', String(pane.element.classList.toggle('wide')));
      pane.update();
    } }, '⤢');
    pane.menu.before(enlarge);
    return pane;
  }

  dispose() {
    for (const pane of this.#panes) pane.dispose();
    this.#panes = [];
    this.#key = '';
  }
}

/** Draws one tensor into a card. */
function showTensor(body, pane, tensor, step, name, look = '') {
  const room = body.clientWidth || 300;
  const isBars = tensor.shape.length === 1 && !tensor.isPooled && tensor.values.length <= MOST_BARS;
  const figure = isBars ? barFigure(tensor, room) : mosaicFigure(tensor, room, look);
  const canvas = drawing(figure, `${name} at step ${step}: ${tensorText(tensor)}`);
  const readout = h('p', { class: 'help' }, tensorText(tensor));
  canvas.addEventListener('mousemove', (event) => {
    const index = figure.locate(event.offsetX, event.offsetY);
    readout.textContent = index >= 0 && index < tensor.values.length ? `[${places(tensor, index)}] = ${valuesAt(tensor, figure.grid, index)}` : tensorText(tensor);
  });
  canvas.addEventListener('mouseleave', () => (readout.textContent = tensorText(tensor)));
  body.replaceChildren(h('p', { class: 'help' }, `step ${step.toLocaleString('en')}${tensor.isPooled ? `; a cell is the mean of ${tensor.pooledRows}×${tensor.pooledColumns} elements` : ''}${!tensor.isPooled && isLong(tensor.shape) && !figure.isColour ? '; outputs to the right, inputs downwards' : ''}${figure.isColour ? '; red, green and blue are the three input channels, grey is zero' : ''}`), canvas, readout);
  pane.offer({ figure, rows: () => [['index', 'value'], ...Array.from(tensor.values, (value, index) => [index, value])] });
}

/** The value under the cursor, or the three of a coloured cell. */
const valuesAt = ({ values }, { planes = 1, plane = 0 } = {}, index) => Array.from({ length: planes }, (_, part) => short(values[index + part * plane])).join(', ');

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
      pane.element.classList.toggle('first', isFirstLayer(tensor.shape));
      if (state.kind !== 'Change') return showTensor(body, pane, tensor, snapshot.step, name, 'filters');
      const start = await run.tensor('Weights', run.snapshot('Weights', 0).step, name);
      const values = tensor.values.map((value, at) => value - start.values[at]);
      return showTensor(body, pane, { ...tensor, values, summary: summarize(values) }, snapshot.step, `Change of ${name}`, 'filters');
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
    showImages(cards.tools, run, snapshot, image, images, state);
    const order = new Map(run.view.layers.map((layer, at) => [layer.name, at]));
    const names = (snapshot?.arrays.map((array) => array.name) ?? []).sort((one, other) => (one === 'input' ? -1 : other === 'input' ? 1 : (order.get(one) ?? 99) - (order.get(other) ?? 99)));
    cards.show(names, async (name, body, pane) => {
      const whole = await run.tensor('Activations', snapshot.step, name);
      pane.element.classList.toggle('first', name === 'input');
      showTensor(body, pane, whole.isPooled ? whole : imageOf(whole, image), snapshot.step, name, name === 'input' ? 'photo' : '');
    });
  };
  return cards;
}

/** The probe images as buttons: each is its own name. */
async function showImages(tools, run, snapshot, chosen, count, state) {
  const key = JSON.stringify([run.id, snapshot?.step, chosen, count]);
  if (tools.dataset.shown === key) return;
  tools.dataset.shown = key;
  const input = snapshot?.arrays.find((array) => array.name === 'input');
  const set = input && (input.shape[1] === 1 || input.shape[1] === 3) ? await run.tensor('Activations', snapshot.step, 'input').then((tensor) => (tensor.isPooled ? null : photos(tensor))).catch(() => null) : null;
  const held = tools.contains(document.activeElement); // a choice by keyboard keeps its place
  tools.replaceChildren(...Array.from({ length: count }, (_, at) => h('button', { type: 'button', class: 'image', 'aria-pressed': String(at === chosen), 'aria-label': `Probe image ${at + 1} of ${count}`, onclick: () => state.set({ image: at }) },
    set ? thumbnail(set, at, `Probe image ${at + 1}`) : `Image ${at + 1}`)));
  if (held) tools.children[chosen]?.focus();
}

/** The part of a batch that belongs to one image. */
function imageOf(tensor, image) {
  const length = tensor.values.length / tensor.shape[0];
  const values = tensor.values.subarray(image * length, (image + 1) * length);
  return { ...tensor, shape: tensor.shape.slice(1), values, summary: summarize(values) };
}
