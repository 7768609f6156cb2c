import { classNames } from '../classes.js';
import { h } from '../dom.js';
import { Pane } from '../pane.js';
import { photos, thumbnail } from '../plots/photo.js';

/** What the network sees: images of the first batch, and below each what augmentation makes of it. */
export const augmentationPane = (page) => new Pane('What the network sees', (body) => draw(page, body),
  { wide: true, height: page.focus.snapshot('Augmentation', page.step) ? 420 : 0 });

async function draw(page, body) {
  const run = page.focus;
  const snapshot = run.snapshot('Augmentation', page.step);
  if (!snapshot) return body.replaceChildren(h('p', { class: 'help' }, run.view.metadata['train count'] ? 'Not recorded in this run. The images are trained on as they are.' : 'Not recorded: a loop of your own augments its images itself.'));
  const [before, after, label] = await Promise.all(['before', 'after', 'label'].map((name) => run.tensor('Augmentation', snapshot.step, name)));
  const name = classNames(run.view);
  const scale = [Math.min(before.summary.minimum, after.summary.minimum), Math.max(before.summary.maximum, after.summary.maximum)];
  const [original, augmented] = [photos(before, ...scale), photos(after, ...scale)];
  body.replaceChildren(
    h('p', { class: 'help' }, 'Images of the first batch, and below each what augmentation makes of it. One scale of brightness for all.'),
    h('div', { class: 'pairs' }, Array.from(label.values, (value, image) => h('figure', { class: 'pair' },
      thumbnail(original, image, `Image of class ${name(value)}`), thumbnail(augmented, image, `Image of class ${name(value)} after augmentation`), h('figcaption', { class: 'caption' }, name(value))))));
  return undefined;
}
