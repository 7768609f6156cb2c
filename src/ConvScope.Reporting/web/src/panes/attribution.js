import { classNames } from '../classes.js';
import { colourOf, pack } from '../colours.js';
import { h } from '../dom.js';
import { percent, short } from '../format.js';
import { Pane } from '../pane.js';
import { photos, thumbnail } from '../plots/photo.js';

const RANDOM = 'random order';

/** By which pixels the network decides: images that it gets wrong and right beside what each method of attribution says of them. */
export const attributionPane = (page) => new Pane('By which pixels the network decides', (body, pane) => draw(page, body, pane),
  { wide: true, height: page.focus.snapshot('Attributions', page.step) ? 420 : 0 });

async function draw(page, body, pane) {
  const run = page.focus;
  const snapshot = run.snapshot('Attributions', page.step);
  if (!snapshot) return body.replaceChildren(run.withoutClasses('Attributions in a record explain classes; ConvNetAttribution explains the prediction of a regression.', 'Attributions are made at the end of a training, at level Standard and above.'));
  const names = snapshot.arrays.map((array) => array.name);
  const methods = names.filter((name) => name.startsWith('map.')).map((name) => name.slice(4));
  const tensor = async (name) => [name, await run.tensor('Attributions', snapshot.step, name)];
  const tensors = Object.fromEntries(await Promise.all(names.map(tensor)));
  const value = (name, image) => tensors[name].values[image];
  const count = tensors.label.values.length;
  const set = photos(tensors.images);
  const answer = (image) => (!Number.isFinite(value('probability', image)) ? 2 : value('label', image) === value('predicted', image) ? 1 : 0);
  const named = classNames(run.view);
  const of = (array, image) => named(value(array, image));
  const caption = (image) => (answer(image) === 0 ? `is ${of('label', image)}, taken for ${of('predicted', image)}` : `is ${of('label', image)}`);
  const scores = (name, image) => `del ${value(`deletion.${name}`, image).toFixed(2)}\nins ${value(`insertion.${name}`, image).toFixed(2)}`;
  const mean = (name) => tensors[name].values.reduce((sum, one) => sum + one, 0) / count;

  const all = Array.from({ length: count }, (_, image) => image).sort((one, other) => answer(one) - answer(other));
  const heading = (title, images) => (images > 0 ? h('th', { colspan: String(images), scope: 'colgroup' }, title) : null);
  const row = (title, picture, text) => h('tr', {}, h('th', { scope: 'row' }, title), all.map((image) => h('td', {}, picture(image), h('div', { class: 'caption' }, text(image)))));
  body.replaceChildren(
    h('p', { class: page.state.step !== null && snapshot.step !== page.step ? 'moment off' : 'moment' }, momentOf(page, run, snapshot)),
    h('p', { class: 'help' }, 'Pixels that speak for the predicted class. Deletion: area under its probability while pixels are blackened, the strongest first; lower is better. Insertion: while they are put back; higher is better. '
      + `Means: ${[...methods, RANDOM].map((name) => `${name} ${mean(`deletion.${name}`).toFixed(3)} and ${mean(`insertion.${name}`).toFixed(3)}`).join('; ')}.`),
    h('div', { class: 'scrolled', tabindex: '0', role: 'group', 'aria-label': 'Images and attributions' }, h('table', { class: 'attribution' },
      h('thead', {}, h('tr', {}, h('td', {}), ['classified wrong', 'classified right', 'no answer: the outputs are not finite'].map((title, which) => heading(title, all.filter((image) => answer(image) === which).length)))),
      h('tbody', {},
        row('input', (image) => thumbnail(set, image, `Image that ${caption(image)}`), (image) => `${caption(image)} (${percent(value('probability', image))})`),
        methods.map((name) => row(name, (image) => heat(set, image, tensors[`map.${name}`], `${name} of an image that ${caption(image)}`), (image) => scores(name, image)))))));
  pane.offer({
    rows: () => [['label', 'predicted', 'probability', ...methods.flatMap((name) => [`${name} deletion`, `${name} insertion`])],
      ...all.map((image) => [of('label', image), of('predicted', image), short(value('probability', image)), ...methods.flatMap((name) => [short(value(`deletion.${name}`, image)), short(value(`insertion.${name}`, image))])])],
  });
  return undefined;
}

/** Of which step the maps are, and whether that is the one that was chosen. */
function momentOf(page, run, snapshot) {
  const at = `step ${snapshot.step.toLocaleString('en')}`;
  if (page.state.step === null || snapshot.step === page.step) return `At ${at}.`;
  const all = run.view.snapshots.filter((one) => one.kind === 'Attributions').length;
  return `These are of ${at}, not of the chosen step ${page.step.toLocaleString('en')}: ${all === 1 ? 'attributions were made once, at the end of the training' : 'the nearest at which attributions were made'}.`;
}

/** What is not negative lies half transparent on the grey image; signed values are shown alone. The image's own largest magnitude ends the scale. */
function heat(set, image, map, description) {
  const values = map.values.subarray(image * set.area, (image + 1) * set.area);
  const limit = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  if (values.some((value) => value < 0)) return thumbnail(set, image, description, (at) => colourOf('diverging', -limit, limit, values[at]));
  return thumbnail(set, image, description, (at) => {
    const grey = set.parts(image, at).reduce((sum, part) => sum + part, 0) / 3;
    const colour = colourOf('unsigned', 0, limit, values[at]);
    return pack(...[colour & 255, (colour >> 8) & 255, (colour >> 16) & 255].map((part) => Math.round((part + grey) / 2)));
  });
}
