import { h } from './dom.js';
import { ink } from './colours.js';
import { CanvasSurface, SvgSurface } from './plots/surface.js';

const observer = new IntersectionObserver((entries) => {
  for (const entry of entries) entry.target.pane.see(entry.isIntersecting);
}, { rootMargin: '200px' });

/** All panes that are on the page, for "export all". */
export const panes = new Set();

/** A framed part of the page that works only while it can be seen. A figure that fails says so in its own frame; the others go on. */
export class Pane {
  #render;
  #isVisible = false;
  #isStale = true;
  #isBusy = false;

  /**
   * @param {string} title What the pane shows.
   * @param {(body: HTMLElement, pane: Pane) => Promise<void> | void} render Fills the body; called when the pane is seen and something has changed.
   */
  constructor(title, render, { help = '', tools = [], wide = false, height = 0 } = {}) {
    this.title = title;
    this.#render = render;
    this.figure = null;
    this.rows = null;
    this.menu = h('span', { class: 'exports' });
    this.body = h('div', { class: 'body' });
    if (height > 0) this.body.style.minHeight = `${height}px`; // room for what is drawn when it is seen: nothing below moves then
    this.tools = h('div', { class: 'tools' }, tools);
    this.element = h('section', { class: wide ? 'pane wide' : 'pane', 'aria-label': title },
      h('header', {}, h('h3', {}, title), this.menu), help ? h('p', { class: 'help' }, help) : null, this.tools, this.body);
    this.element.pane = this;
    panes.add(this);
    observer.observe(this.element);
  }

  see(isVisible) {
    this.#isVisible = isVisible;
    if (isVisible && this.#isStale) this.update();
  }

  /** Something has changed: draws now if the pane can be seen, else when it will be. */
  async update() {
    this.#isStale = true;
    if (!this.#isVisible || this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#isStale && this.#isVisible) {
        this.#isStale = false;
        await this.#render(this.body, this);
      }
    } catch (error) {
      this.body.replaceChildren(h('p', { class: 'problem' }, error.message));
    } finally {
      this.#isBusy = false;
      this.element.dataset.drawn = 'true';
    }
  }

  /** Draws whatever the pane shows even though nobody sees it: before printing and exporting. */
  async drawNow() {
    const wasVisible = this.#isVisible;
    this.#isVisible = true;
    if (this.#isStale) await this.update();
    this.#isVisible = wasVisible;
  }

  dispose() {
    observer.unobserve(this.element);
    panes.delete(this);
    this.element.remove();
  }

  /** What the pane can be exported as: a figure to draw, and rows of numbers. */
  offer({ figure = null, rows = null }) {
    [this.figure, this.rows] = [figure, rows];
    const kinds = [...(figure ? ['PNG', 'SVG'] : []), ...(rows ? ['CSV'] : [])];
    if (this.menu.childElementCount === kinds.length) return;
    this.menu.replaceChildren(...kinds.map((kind) =>
      h('button', { type: 'button', class: 'small', 'aria-label': `Save ${this.title} as ${kind}`, onclick: async () => save(await this.file(kind)) }, kind)));
  }

  /** The pane as a file. */
  async file(kind) {
    const name = `${this.title.toLowerCase().replace(/[^a-z0-9.]+/g, '-').replace(/^-|-$/g, '')}.${kind.toLowerCase()}`;
    if (kind === 'CSV') return { name, blob: new Blob([toCsv(await this.rows())], { type: 'text/csv' }) };
    const { width, height, draw } = this.figure;
    const paint = (surface) => {
      surface.rectangle(0, 0, width, height + 30, ink().ground);
      surface.text(this.title, 12, 16, ink().text, { size: 14, bold: true });
      draw(shifted(surface, 30));
    };
    if (kind === 'SVG') {
      const surface = new SvgSurface(width, height + 30);
      paint(surface);
      return { name, blob: new Blob([surface.toString()], { type: 'image/svg+xml' }) };
    }
    const canvas = document.createElement('canvas');
    paint(new CanvasSurface(canvas, width, height + 30));
    return { name, blob: await new Promise((resolve) => canvas.toBlob(resolve, 'image/png')) };
  }
}

/** Offers a file to the person. */
export function save({ name, blob }) {
  const link = h('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Draws a figure on a canvas of its own size, with a description for those who do not see it. */
export function drawing(figure, description) {
  const canvas = h('canvas', { role: 'img', 'aria-label': description });
  figure.draw(new CanvasSurface(canvas, figure.width, figure.height));
  return canvas;
}

const toCsv = (rows) => rows.map((row) => row.map((cell) => {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}).join(',')).join('\n');

/** The same surface with everything further down. */
function shifted(surface, by) {
  return {
    width: surface.width,
    height: surface.height - by,
    rectangle: (x, y, ...rest) => surface.rectangle(x, y + by, ...rest),
    frame: (x, y, ...rest) => surface.frame(x, y + by, ...rest),
    path: (points, ...rest) => surface.path(points.map((point) => point && [point[0], point[1] + by]), ...rest),
    area: (points, ...rest) => surface.area(points.map(([x, y]) => [x, y + by]), ...rest),
    dot: (x, y, ...rest) => surface.dot(x, y + by, ...rest),
    text: (text, x, y, ...rest) => surface.text(text, x, y + by, ...rest),
    picture: (picture, x, y, ...rest) => surface.picture(picture, x, y + by, ...rest),
  };
}
