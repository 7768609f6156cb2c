import { h, toggles } from './dom.js';
import { axisText, place, stepAt } from './math/axis.js';
import { panes, save } from './pane.js';
import { STATUS } from './panes/verdict.js';

const SECTIONS = [['verdict', 'Verdict'], ['curves', 'Curves'], ['augmentation', 'Augmentation'], ['gradients', 'Gradients'], ['others', 'Others'], ['histograms', 'Histograms'], ['weights', 'Weights'], ['activations', 'Activations'], ['confusion', 'Confusion'], ['attribution', 'Attribution'], ['compare', 'Two tensors'], ['network', 'Network']];

const nearest = (values, wanted) => values.reduce((one, other) => (Math.abs(other - wanted) < Math.abs(one - wanted) ? other : one));

/** The bar on top: where one is, the step slider that drives every pane, and how curves are drawn. */
export class Controls {
  constructor(page) {
    this.page = page;
    const { state } = page;
    this.status = h('span', { class: 'status', role: 'status' });
    this.slider = h('input', { type: 'range', id: 'step', min: '0', max: '0', 'aria-label': 'Step', oninput: () => state.set({ step: this.#moments()[Number(this.slider.value)] ?? null }) });
    this.readout = h('output', { for: 'step' });
    this.follow = h('button', { type: 'button', onclick: () => state.set({ step: null }) }, 'Latest');
    const stops = page.feed.smoothings; // a file has its curves smoothed for some factors
    this.smoothing = h('input', { type: 'range', min: '0', max: stops ? String(stops.length - 1) : '0.99', step: stops ? '1' : '0.01', 'aria-label': 'Smoothing',
      oninput: () => state.set({ smoothing: stops ? stops[this.smoothing.value] : Number(this.smoothing.value) }) });
    this.smoothingText = h('span', {});
    this.choices = h('div', { class: 'choices' });
    this.whole = h('button', { type: 'button', hidden: true, onclick: () => state.set({ zoom: null }) }, 'Show all steps');
    this.freeze = h('a', { class: 'button', download: 'report.html' }, 'Freeze to file');
    this.nav = h('nav', { 'aria-label': 'Parts of the page' });
    this.element = h('header', { class: 'controls' },
      h('div', { class: 'head' }, this.nav, this.status),
      h('div', { class: 'row' }, h('label', { class: 'field grow', for: 'step' }, h('span', {}, 'Step'), this.slider), this.readout, this.follow),
      h('div', { class: 'row' }, this.choices, h('label', { class: 'field' }, this.smoothingText, this.smoothing), this.whole,
        h('button', { type: 'button', onclick: () => this.#exportAll() }, 'Export all'), page.feed.isLive ? this.freeze : null));
  }

  /** Links to the parts that the page has. */
  show(ids) {
    this.nav.replaceChildren(...SECTIONS.filter(([id]) => ids.includes(id)).map(([id, title]) => h('a', { href: `#${id}`, onclick: (event) => {
      event.preventDefault();
      document.getElementById(id)?.scrollIntoView({ behavior: 'auto' });
    } }, title)));
  }

  update() {
    const { page } = this;
    const { state } = page;
    const run = page.focus;
    this.choices.replaceChildren(
      toggles('Axis', [['step', 'Step'], ['epoch', 'Epoch'], ['seconds', 'Relative time'], ['wall', 'Wall clock']], state.x, (x) => this.#chooseAxis(x)),
      toggles('Scale', [[false, 'Linear'], [true, 'Log']], state.log, (log) => state.set({ log })),
      toggles('Theme', [['auto', 'Auto'], ['light', 'Light'], ['dark', 'Dark']], state.theme, (theme) => state.set({ theme })));
    const stops = page.feed.smoothings;
    const smoothing = stops ? nearest(stops, state.smoothing) : state.smoothing;
    this.smoothing.value = String(stops ? stops.indexOf(smoothing) : smoothing);
    this.smoothing.setAttribute('aria-valuetext', smoothing.toFixed(2));
    this.smoothingText.textContent = `Smoothing ${smoothing.toFixed(2)}`;
    this.whole.hidden = state.zoom === null;
    if (state.zoom) this.whole.textContent = `Show all (now ${state.zoom.map((value) => axisText(value, state.x)).join(' to ')})`;
    this.status.textContent = this.#statusText(run);
    if (!run) return;
    const moments = this.#moments();
    this.slider.max = String(Math.max(0, moments.length - 1));
    this.slider.value = String(state.step === null ? moments.length - 1 : Math.max(0, moments.findLastIndex((step) => step <= state.step)));
    const isFollowing = page.feed.isLive && page.isConnected !== false && run.view.status === 'running'; // else nothing is the latest for long
    const shown = state.step ?? moments.at(-1) ?? 0;
    this.slider.setAttribute('aria-valuetext', `step ${shown}`);
    this.readout.textContent = `${shown.toLocaleString('en')}${state.step === null ? ` (${isFollowing ? 'latest' : 'last'})` : ''}`;
    this.follow.textContent = isFollowing ? 'Latest' : 'Last';
    this.freeze.href = page.feed.reportAddress(run.id) ?? '';
  }

  /** The steps that the slider stops at: those of snapshots and of measured readings, thinned. */
  #moments() {
    const { view } = this.page.focus;
    return [...new Set([...view.snapshots.map((snapshot) => snapshot.step), ...view.clock.step])].sort((one, other) => one - other);
  }

  /** Another axis: what is zoomed into stays the same stretch of the training. */
  #chooseAxis(x) {
    const { state, focus } = this.page;
    const across = (value) => place(focus.view.clock, stepAt(focus.view.clock, value, state.x), x);
    const zoom = state.zoom && focus ? state.zoom.map(across) : null;
    state.set({ x, zoom: zoom?.every(Number.isFinite) ? zoom : null });
  }

  #statusText(run) {
    const { feed, isConnected } = this.page;
    if (feed.isLive && isConnected === false) return 'connection lost; trying again';
    if (!run) return feed.isLive ? 'live' : 'frozen';
    const status = STATUS[run.view.status] ?? run.view.status;
    return feed.isLive ? `live · ${status}` : `frozen · ${status}`;
  }

  /** Every pane as a picture and as numbers, one file after the other. */
  async #exportAll() {
    for (const pane of [...panes]) {
      await pane.drawNow();
      for (const kind of [...(pane.figure ? ['PNG', 'SVG'] : []), ...(pane.rows ? ['CSV'] : [])]) {
        save(await pane.file(kind));
        await new Promise((resolve) => setTimeout(resolve, 60)); // browsers drop downloads that come too close together
      }
    }
  }
}
