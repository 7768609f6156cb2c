import { classNames, cut } from '../classes.js';
import { colourOf, cssOf, ink } from '../colours.js';
import { choice, h } from '../dom.js';
import { percent, short } from '../format.js';
import { Pane, drawing } from '../pane.js';
import { photos, thumbnail } from '../plots/photo.js';
import { raster } from '../plots/raster.js';

/** Which classes are taken for which, at the epoch of the chosen step; beside it the worst mistakes. */
export function confusionPanes(page) {
  return [new Pane('Confusion', (body, pane) => drawConfusion(page, body, pane)), new Pane('Worst mistakes', (body, pane) => drawMistakes(page, body, pane))];
}

async function drawConfusion(page, body, pane) {
  const { view } = page.focus;
  const dataset = view.confusions.some((one) => one.dataset === 'validation') ? 'validation' : 'train';
  const of = view.confusions.filter((one) => one.dataset === dataset);
  const epoch = page.epoch;
  const confusion = of.findLast((one) => one.epoch <= epoch) ?? of[0];
  if (!confusion) return body.replaceChildren(page.focus.withoutClasses('A regression has no classes to confuse.', 'No epoch has ended yet.'));
  const { classes, counts } = confusion;
  const at = (row, column) => counts[row * classes + column];
  const total = (row) => counts.slice(row * classes, (row + 1) * classes).reduce((sum, count) => sum + count, 0);
  const size = Math.max(12, Math.min(40, Math.floor(480 / classes)));
  const most = Math.max(1e-9, ...counts.map((count, index) => (index % (classes + 1) === 0 ? 0 : count / (total(Math.floor(index / classes)) || 1))));
  const name = classNames(view);
  const shown = Array.from({ length: classes }, (_, index) => cut(name(index)));
  const longest = Math.max(...shown.map((text) => text.length));
  const isTurned = longest > 3; // columns are narrow
  const margin = 20 + 6.5 * Math.max(longest, 2); // room for the names at the left
  const head = isTurned ? 14 + 6.5 * longest : 30;
  const left = Math.max(50, 20 + margin);
  const figure = { width: left + 10 + classes * size + 90, height: head + 30 + classes * size, draw(surface) {
    const colours = ink();
    for (let row = 0; row < classes; row++) {
      if (size >= 14 || row % 10 === 0) {
        surface.text(shown[row], left - 6, head + (row + 0.5) * size, colours.text, { align: 'right', size: 11 });
        surface.text(shown[row], left + (row + 0.5) * size, isTurned ? head - 6 : 18, colours.text, { align: isTurned ? 'left' : 'center', size: 11, turned: isTurned });
      }
      for (let column = 0; column < classes; column++) {
        const share = at(row, column) / (total(row) || 1);
        const isRight = row === column;
        surface.rectangle(left + column * size, head + row * size, size - 1, size - 1, isRight ? '#8c9096' : cssOf(colourOf('unsigned', 0, most, share)));
        if (size >= 26 && at(row, column) > 0) surface.text(at(row, column), left + (column + 0.5) * size, head + (row + 0.5) * size, isRight || share < most * 0.6 ? '#fff' : '#000', { align: 'center', size: size >= 34 ? 11 : 9 });
      }
    }
    surface.text('true class', 14, head + (classes * size) / 2, colours.text, { align: 'center', turned: true });
    surface.text('predicted class', left + (classes * size) / 2, head + 12 + classes * size, colours.text, { align: 'center' });
    surface.text(`0 to ${percent(most)}`, left + 6 + classes * size, head + 8, colours.faint, { size: 10 });
  } };
  const right = counts.filter((_, index) => index % (classes + 1) === 0).reduce((sum, count) => sum + count, 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const canvas = drawing(figure, `Confusion of ${classes} classes, ${percent(right / all)} right`);
  canvas.classList.add('clickable');
  canvas.addEventListener('click', (event) => {
    const cell = [Math.floor((event.offsetY - head) / size), Math.floor((event.offsetX - left) / size)];
    if (cell.every((index) => index >= 0 && index < classes)) page.state.set({ cell });
  });
  body.replaceChildren(h('p', { class: 'help' }, `${dataset === 'train' ? 'Training set, as seen during' : 'Validation set after'} epoch ${confusion.epoch}: ${right.toLocaleString('en')} of ${all.toLocaleString('en')} right (${percent(right / all)}). Colour: share of the true class; the diagonal is grey, so that mistakes set the scale. Click a cell to see its images.`),
    canvas, await cellImages(page, confusion, name));
  pane.offer({ figure, rows: () => [['true class', ...Array.from({ length: classes }, (_, column) => name(column))], ...Array.from({ length: classes }, (_, row) => [name(row), ...counts.slice(row * classes, (row + 1) * classes)])] });
  return undefined;
}

/** The images of one cell of the confusion, as far as the record keeps them: among the worst mistakes of each epoch and the images of the attributions. */
async function cellImages(page, { classes, counts, epoch }, name) {
  const { state, focus: run } = page;
  const options = Array.from({ length: classes }, (_, index) => [index, name(index)]);
  const [actual, predicted] = state.cell?.every((index) => index < classes) ? state.cell : [null, null];
  const pick = (label, value, which) => choice(label, [['', '–'], ...options], value ?? '', (text) => {
    const cell = [...(state.cell ?? [0, 0])];
    cell[which] = Number(text);
    state.set({ cell: text === '' ? null : cell });
  });
  const tools = h('div', { class: 'tools' }, pick('Images of class', actual, 0), pick('taken for', predicted, 1));
  if (actual === null) return tools;
  const found = new Map();
  for (const snapshot of run.view.snapshots.filter((one) => (one.kind === 'Mistakes' && one.epoch <= page.epoch) || one.kind === 'Attributions')) {
    const [images, label, answer, probability] = await Promise.all(['images', 'label', 'predicted', 'probability'].map((array) => run.tensor(snapshot.kind, snapshot.step, array).catch(() => null)));
    if (!images || !label || images.isPooled) continue;
    const set = photos(images);
    label.values.forEach((value, image) => {
      if (value !== actual || answer.values[image] !== predicted) return;
      const area = images.values.length / label.values.length;
      const key = images.values.subarray(image * area, image * area + Math.min(area, 256)).join();
      found.set(key, h('figure', {}, thumbnail(set, image, `Image of class ${name(actual)} taken for ${name(predicted)}`), h('figcaption', {}, `${snapshot.kind === 'Mistakes' ? `epoch ${snapshot.epoch}` : 'at the end'} (${percent(probability.values[image])})`)));
    });
  }
  const count = counts[actual * classes + predicted];
  const said = `${count.toLocaleString('en')} image${count === 1 ? '' : 's'} of class ${name(actual)} taken for ${name(predicted)} in epoch ${epoch}. ${found.size === 0 ? 'The record keeps none of them: it has the worst mistakes of each epoch and a few images for attribution.' : `The record keeps ${found.size} of this and earlier epochs.`}`;
  return h('div', { class: 'cell' }, tools, h('p', { class: 'help', 'aria-live': 'polite' }, said), h('div', { class: 'mistakes' }, [...found.values()]));
}

async function drawMistakes(page, body, pane) {
  const run = page.focus;
  const snapshot = run.snapshot('Mistakes', page.step);
  if (!snapshot) return body.replaceChildren(run.withoutClasses('A regression has no answers that are wrong; its error is among the curves.', 'No mistakes were kept yet.'));
  const [images, row, label, predicted, probability, loss] = await Promise.all(['images', 'row', 'label', 'predicted', 'probability', 'loss'].map((name) => run.tensor('Mistakes', snapshot.step, name)));
  const count = label.values.length;
  const set = photos(images);
  const name = classNames(run.view);
  const cards = Array.from({ length: count }, (_, image) => {
    const picture = thumbnail(set, image, `Image ${row.values[image]}: ${name(label.values[image])} taken for ${name(predicted.values[image])}`);
    return h('figure', {}, picture, h('figcaption', {}, `is ${name(label.values[image])}, taken for `, h('b', {}, name(predicted.values[image])), ` (${percent(probability.values[image])})`));
  });
  body.replaceChildren(h('p', { class: 'help' }, `After epoch ${snapshot.epoch}, largest loss first.`), h('div', { class: 'mistakes' }, cards));
  pane.offer({ rows: () => [['image', 'label', 'predicted', 'probability', 'loss'], ...Array.from({ length: count }, (_, at) => [short(row.values[at]), name(label.values[at]), name(predicted.values[at]), short(probability.values[at]), short(loss.values[at])])] });
  return undefined;
}
