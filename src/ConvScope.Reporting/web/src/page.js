import { category } from './colours.js';
import { h } from './dom.js';
import { Controls } from './controls.js';
import { ReadingPlace, othersSection, section } from './parts.js';
import { RunData } from './rundata.js';
import { place } from './math/axis.js';
import { RunList } from './runlist.js';
import { State } from './state.js';
import { panes } from './pane.js';
import { attributionPane } from './panes/attribution.js';
import { augmentationPane } from './panes/augmentation.js';
import { comparePane } from './panes/compare.js';
import { confusionPanes } from './panes/confusion.js';
import { curvePanes } from './panes/curves.js';
import { environmentPane, layersPane } from './panes/facts.js';
import { gradientPanes, targetTools } from './panes/gradients.js';
import { histogramPane } from './panes/histograms.js';
import { otherPanes, otherQuantities } from './panes/others.js';
import { activationCards, weightCards } from './panes/tensors.js';
import { verdictPane } from './panes/verdict.js';

const SEVERITY_COLOURS = { Failure: 3, Warning: 1, Information: 5 };

/** The whole page: the runs at the left, controls on top, the panes of the chosen runs. */
export class Page {
  #known = new Map();
  #cards = [];
  #shownRuns = '';
  #others = '';
  #notices = [];

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
    this.reading = new ReadingPlace(this);
    this.root.replaceChildren(h('a', { class: 'skip', href: '#main', onclick: (event) => {
      event.preventDefault();
      this.main.focus();
    } }, 'Skip to the figures'), this.list.element, h('div', { class: 'content' }, this.controls.element, this.main));
    this.root.classList.toggle('frozen', !this.feed.isLive);
    this.state.onChange((changes) => this.#onChoice(changes));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.update());
    window.addEventListener('hashchange', () => this.state.reread());
    const folded = new Set(); // what is folded away is printed all the same
    window.addEventListener('beforeprint', () => this.main.querySelectorAll('.fold:not([open])').forEach((fold) => folded.add(fold) && (fold.open = true)));
    window.addEventListener('afterprint', () => {
      for (const fold of folded) fold.open = false;
      folded.clear();
    });
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

  /** What every chart shows of its axis: what was zoomed into, or all that the chosen runs have. */
  range() {
    const { zoom, x } = this.state;
    if (zoom) return zoom;
    const ends = this.runs.filter((run) => run.view.lastStep >= 0).flatMap((run) => [x === 'wall' ? place(run.view.clock, 0, x) : 0, this.#onAxis(run, run.view.lastStep)]).filter((value) => value !== null);
    if (ends.length === 0) return [0, 1];
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    return [from, to > from ? to : from + 1];
  }

  /** Draws everything anew that can be seen. */
  update() {
    this.controls.update();
    for (const card of this.#cards) card.update();
    for (const pane of panes) pane.update();
  }

  #onAxis(run, step) {
    return place(run.view.clock, step, this.state.x);
  }

  async #loadEntries() {
    this.entries = await this.feed.runs();
    this.list.update();
    await this.#chooseWanted();
    this.reading.goTo(this.state.pane);
  }

  /** The runs of the address; the newest where it names none. One that is not there is said, and nothing is opened in its place. */
  async #chooseWanted() {
    const isHere = (id) => this.entries.some((entry) => entry.id === id) || this.#known.has(id);
    const missing = this.state.runs.filter((id) => !isHere(id));
    this.#notices = missing.map((id) => `There is no run ${id} here: the link names one that was deleted, moved or renamed.`);
    await this.#choose(this.state.runs.length > 0 ? this.state.runs.filter(isHere) : this.entries.slice(0, 1).map((entry) => entry.id));
  }

  async #choose(ids) {
    const failed = (id) => (error) => {
      const entry = this.entries.find((one) => one.id === id);
      this.#notices.push(`${entry?.name ?? id} cannot be shown: ${entry?.fault ?? error.message}`);
      return null;
    };
    this.runs = (await Promise.all(ids.map(async (id) => {
      if (!this.#known.has(id)) this.#remember(new RunData(this.feed, await this.feed.run(id)));
      return this.#known.get(id);
    }).map((loading, at) => loading.catch(failed(ids[at]))))).filter(Boolean);
    const key = JSON.stringify([this.runs.map((run) => run.id), this.#notices]);
    if (key === this.#shownRuns) return this.update();
    this.#shownRuns = key;
    await this.#build();
    this.list.update();
    return this.update();
  }

  #remember(run) {
    run.onStale = () => this.runs.includes(run) && this.update();
    this.#known.set(run.id, run);
  }

  async #build() {
    for (const pane of [...panes]) pane.dispose();
    for (const card of this.#cards) card.dispose();
    this.#cards = [];
    if (!this.focus) {
      document.title = 'ConvScope';
      this.controls.show([]);
      this.main.replaceChildren(...this.#noticeElements(), h('p', { class: 'empty' }, this.entries.length > 0 ? 'Choose a run.' : 'There is no run in this folder yet; the page shows one as soon as it starts.'));
      return;
    }
    document.title = `${this.focus.view.name} – ConvScope`;
    this.#others = this.#parts();
    const [curves, others] = await Promise.all([curvePanes(this), otherPanes(this)]);
    this.#cards = [weightCards(this), activationCards(this)];
    const has = (kind) => this.focus.view.snapshots.some((snapshot) => snapshot.kind === kind);
    const gradients = gradientPanes(this);
    this.main.replaceChildren(
      ...this.#noticeElements(), h('h1', {}, this.runs.map((run) => run.view.name).join(' and ')),
      section('verdict', 'Verdict', [verdictPane(this)]),
      section('curves', 'Curves', curves),
      has('Augmentation') ? section('augmentation', 'Augmentation', [augmentationPane(this)]) : '',
      section('gradients', 'Gradients, updates, activations over steps', gradients, { tools: gradients.length > 0 ? targetTools(this) : h('p', { class: 'help' }, 'Nothing of this was measured in this run.') }),
      othersSection(others),
      this.focus.view.series.some((one) => one.unit === 'histogram') ? section('histograms', 'Histograms', [histogramPane(this)]) : '',
      this.#cards[0].element, this.#cards[1].element,
      section('confusion', 'Confusion and mistakes', confusionPanes(this)),
      section('attribution', 'Attribution', [attributionPane(this)]),
      section('compare', 'Compare', [comparePane(this)]),
      section('network', 'Network and environment', [layersPane(this), environmentPane(this)]));
    this.controls.show([...this.main.querySelectorAll(':scope > section')].map((element) => element.id));
  }

  /** What decides which panes there are: a run that goes on may get more. */
  #parts() {
    return JSON.stringify([otherQuantities(this), this.runs.map(({ view }) => [view.snapshots.some((snapshot) => snapshot.kind === 'Augmentation'), view.series.some((one) => one.unit === 'histogram')])]);
  }

  #noticeElements() {
    return this.#notices.map((text) => h('p', { class: 'notice', role: 'alert' }, text));
  }

  async #onChoice(changes) {
    if ('theme' in changes) document.documentElement.dataset.theme = this.state.theme;
    if ('filter' in changes) this.list.update();
    if ('runs' in changes) await this.#chooseWanted();
    else this.update();
  }

  /** A run has grown, begun or gone. */
  async #onPush(change) {
    this.lastPush = change;
    if (change.runs) {
      this.entries = change.runs;
      for (const run of this.#known.values()) {
        if (!this.entries.some((entry) => entry.id === run.id)) run.view.status = 'deleted';
      }
      this.update();
      this.list.update();
      if (this.runs.length === 0 && this.entries.length > 0 && this.state.runs.length === 0) await this.#choose([this.entries[0].id]);
    }
    const run = this.#known.get(change.grown);
    if (!run) return;
    await run.grow(change.progress).catch(() => {});
    if (!this.runs.includes(run)) return;
    if (this.#parts() !== this.#others) await this.#build(); // a quantity came that has no pane yet
    this.update();
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
