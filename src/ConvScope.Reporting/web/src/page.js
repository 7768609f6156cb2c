import { category } from './colours.js';
import { h } from './dom.js';
import { Controls } from './controls.js';
import { RunData } from './rundata.js';
import { RunList } from './runlist.js';
import { State } from './state.js';
import { panes } from './pane.js';
import { attributionPane } from './panes/attribution.js';
import { augmentationPane } from './panes/augmentation.js';
import { comparePane } from './panes/compare.js';
import { confusionPanes } from './panes/confusion.js';
import { curvePanes } from './panes/curves.js';
import { environmentPane, layersPane } from './panes/facts.js';
import { gradientPanes, indexUpTo } from './panes/gradients.js';
import { histogramPane } from './panes/histograms.js';
import { activationCards, weightCards } from './panes/tensors.js';
import { verdictPane } from './panes/verdict.js';

const SEVERITY_COLOURS = { Failure: 3, Warning: 1, Information: 5 };

/** The whole page: the runs at the left, controls on top, the panes of the chosen runs. */
export class Page {
  #known = new Map();
  #cards = [];
  #shownRuns = '';

  constructor(feed, root) {
    this.feed = feed;
    this.root = root;
    this.state = new State();
    this.runs = [];
    this.entries = [];
  }

  /** The run that panes of a single run show: the first of the chosen ones. */
  get focus() {
    return this.runs[0];
  }

  /** The step at which every pane shows the run: the slider's, or the last one. */
  get step() {
    return this.state.step ?? this.focus.view.lastStep + 1;
  }

  get epoch() {
    const { snapshots, confusions } = this.focus.view;
    if (this.state.step === null) return Infinity;
    const each = Number(this.focus.view.metadata['steps per epoch']);
    if (each > 0) return Math.max(1, Math.floor(this.step / each));
    return snapshots.findLast((snapshot) => snapshot.step <= this.step)?.epoch ?? confusions[0]?.epoch ?? 1;
  }

  async start() {
    document.documentElement.dataset.theme = this.state.theme;
    this.list = new RunList(this);
    this.controls = new Controls(this);
    this.main = h('main', { id: 'main', tabindex: '-1' });
    this.root.replaceChildren(h('a', { class: 'skip', href: '#main', onclick: (event) => {
      event.preventDefault();
      this.main.focus();
    } }, 'Skip to the figures'), this.list.element, h('div', { class: 'content' }, this.controls.element, this.main));
    this.root.classList.toggle('frozen', !this.feed.isLive);
    this.state.onChange((changes) => this.#onChoice(changes));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.update());
    window.addEventListener('beforeprint', () => Promise.all([...panes].map((pane) => pane.drawNow())));
    let width = window.innerWidth;
    window.addEventListener('resize', () => {
      if (window.innerWidth === width) return;
      width = window.innerWidth;
      this.update();
    });
    await this.#loadEntries();
    this.feed.subscribe((change) => this.#onPush(change), (isConnected) => this.#onConnection(isConnected));
  }

  /** Findings as flags on a chart's axis. */
  flags(run) {
    return run.view.findings.map((finding, index) => ({ at: this.#onAxis(run, finding.firstStep), text: String(index + 1), colour: category(SEVERITY_COLOURS[finding.severity] ?? 0) })).filter((flag) => flag.at !== null);
  }

  /** The slider's place on the charts' axis; null while the page follows the last step. */
  placeOnAxis(run) {
    return this.state.step === null ? null : this.#onAxis(run, this.state.step);
  }

  /** Draws everything anew that can be seen. */
  update() {
    this.controls.update();
    for (const card of this.#cards) card.update();
    for (const pane of panes) pane.update();
  }

  #onAxis(run, step) {
    if (this.state.x === 'step') return step;
    const { clock } = run.view;
    if (clock.step.length === 0) return null;
    return clock[this.state.x][indexUpTo(clock.step, step)];
  }

  async #loadEntries() {
    this.entries = await this.feed.runs();
    this.list.update();
    const wanted = this.state.runs.filter((id) => this.entries.some((entry) => entry.id === id));
    await this.#choose(wanted.length > 0 ? wanted : this.entries.slice(0, 1).map((entry) => entry.id));
  }

  async #choose(ids) {
    this.runs = (await Promise.all(ids.map(async (id) => {
      if (!this.#known.has(id)) this.#known.set(id, new RunData(this.feed, await this.feed.run(id)));
      return this.#known.get(id);
    }).map((loading) => loading.catch(() => null)))).filter(Boolean);
    const key = this.runs.map((run) => run.id).join();
    if (key === this.#shownRuns) return this.update();
    this.#shownRuns = key;
    this.#build();
    this.list.update();
    return this.update();
  }

  #build() {
    for (const pane of [...panes]) pane.dispose();
    for (const card of this.#cards) card.dispose();
    this.#cards = [];
    if (!this.focus) {
      this.main.replaceChildren(h('p', { class: 'empty' }, this.entries.length > 0 ? 'Choose a run.' : 'There is no run in this folder yet; the page shows one as soon as it starts.'));
      return;
    }
    document.title = `${this.focus.view.name} – ConvScope`;
    const section = (id, title, elements, help = '') => h('section', { id }, h('h2', {}, title), help ? h('p', { class: 'help' }, help) : null, h('div', { class: 'panes' }, elements.map((pane) => pane.element)));
    this.#cards = [weightCards(this), activationCards(this)];
    this.main.replaceChildren(
      h('h1', {}, this.runs.map((run) => run.view.name).join(' and ')),
      section('verdict', 'Verdict', [verdictPane(this)]),
      section('curves', 'Curves', curvePanes(this)),
      section('augmentation', 'Augmentation', [augmentationPane(this)]),
      section('gradients', 'Gradients, updates, activations over steps', gradientPanes(this)),
      section('histograms', 'Histograms', [histogramPane(this)]),
      this.#cards[0].element, this.#cards[1].element,
      section('confusion', 'Confusion and mistakes', confusionPanes(this)),
      section('attribution', 'Attribution', [attributionPane(this)]),
      section('compare', 'Compare', [comparePane(this)]),
      section('network', 'Network and environment', [layersPane(this), environmentPane(this)]));
  }

  async #onChoice(changes) {
    if ('theme' in changes) document.documentElement.dataset.theme = this.state.theme;
    if ('filter' in changes) this.list.update();
    if ('runs' in changes) await this.#choose(this.state.runs);
    else this.update();
  }

  /** A run has grown, begun or gone. */
  async #onPush(change) {
    this.lastPush = change;
    if (change.runs) {
      this.entries = change.runs;
      this.list.update();
      if (this.runs.length === 0 && this.entries.length > 0) await this.#choose([this.entries[0].id]);
    }
    const run = this.#known.get(change.grown);
    if (!run) return;
    await run.grow(change.progress).catch(() => {});
    if (this.runs.includes(run)) this.update();
  }

  async #onConnection(isConnected) {
    const wasConnected = this.isConnected;
    this.isConnected = isConnected;
    this.controls.update();
    if (!isConnected || wasConnected !== false) return;
    await Promise.all([...this.#known.values()].map((run) => run.refresh().catch(() => {})));
    await this.#loadEntries().catch(() => {});
  }
}
