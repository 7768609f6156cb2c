const NOTHING = { step: [], value: [], low: null, high: null, smooth: null, readings: 0, first: null, last: null, lastValue: null, distances: null, gaps: [] };
const AT_A_TIME = 200; // series of one request
const MOST_KEPT = 4000;
const REFRESH = 5000;

/** Points of a curve on the screen: about its pixels. */
export const POINTS = 800;

/** Points of a curve where a chart has many of them. */
export const FEWER_POINTS = 300;

/** What the page knows of one run. Curves are smoothed and thinned by the server over all readings; those of a run that goes on are fetched again, not more often than it can bear. */
export class RunData {
  #feed;
  #series = new Map();
  #tensors = new Map();
  #histograms = new Map();
  #described = '';
  #refreshed = 0;
  #waiting = null;

  constructor(feed, view) {
    this.#feed = feed;
    this.view = view;
    this.onStale = () => {};
  }

  get id() {
    return this.view.id;
  }

  /** Fetches what is known of the run anew; new readings come when they are asked for. */
  async refresh() {
    this.view = await this.#feed.run(this.id);
    this.#histograms.clear();
    this.#refreshed = Date.now();
  }

  /** Takes over how far the run has come; fetches its description anew only when more than readings was added. */
  async grow(progress) {
    const { lastStep: _, ...rest } = progress;
    const described = JSON.stringify(rest);
    const isNew = described !== this.#described || Date.now() - this.#refreshed > REFRESH;
    this.#described = described;
    if (isNew) await this.refresh();
    this.view.lastStep = Math.max(this.view.lastStep, progress.lastStep);
  }

  /** Index of a series in the record; -1 where there is none. */
  indexOf(quantity, target = '') {
    return this.view.series.findIndex((series) => series.quantity === quantity && series.target === target);
  }

  /** Targets of a quantity, in forward order where the record has it. */
  targets(quantity) {
    return this.view.series.filter((series) => series.quantity === quantity).map((series) => series.target);
  }

  /** Why there is nothing of what is told of classes: while the run goes on it may come. */
  withoutClasses(regression, running) {
    if (this.view.metadata.task === 'regression') return regression;
    if (this.view.status === 'running') return running;
    return this.view.series.some((one) => one.quantity === 'accuracy' || one.quantity === 'train accuracy') ? 'Not recorded in this run.' : 'Nothing is known of classes in this run.';
  }

  /**
   * Curves of several series, by their index. `smooth` is null where nothing is to be smoothed.
   * @param {number[]} indices
   * @param {{ points?: number, smoothing?: number, from?: number, to?: number }} how
   */
  async series(indices, { points = POINTS, smoothing = 0, from = null, to = null } = {}) {
    const key = (index) => `${index}/${points}/${smoothing}/${from}/${to}`;
    const missing = [...new Set(indices)].filter((index) => index >= 0 && !this.#isFresh(this.#series.get(key(index))));
    for (let at = 0; at < missing.length; at += AT_A_TIME) this.#fetch(missing.slice(at, at + AT_A_TIME), key, points, { smoothing: smoothing || null, from, to });
    return Promise.all(indices.map(async (index) => (index < 0 ? NOTHING : withSmooth((await this.#series.get(key(index)).answer) ?? NOTHING, smoothing))));
  }

  /** The curve of one series by name. */
  async read(quantity, target = '', how = {}) {
    return (await this.series([this.indexOf(quantity, target)], how))[0];
  }

  async histograms(index) {
    return this.#once(this.#histograms, index, () => this.#feed.histograms(this.id, index));
  }

  async tensor(kind, step, name) {
    const key = `${kind}/${step}/${name}`;
    if (this.#tensors.size > 200) this.#tensors.delete(this.#tensors.keys().next().value);
    return this.#once(this.#tensors, key, () => this.#feed.tensor(this.id, kind, step, name));
  }

  /** The last snapshot of a kind at or before a step; the first one where all are later. */
  snapshot(kind, step) {
    const snapshots = this.view.snapshots.filter((snapshot) => snapshot.kind === kind);
    return snapshots.findLast((snapshot) => snapshot.step <= step) ?? snapshots[0];
  }

  /** Whether what was fetched is all that there is, or so young that asking again would only keep the server busy; then it is asked later. */
  #isFresh(kept) {
    if (!kept) return false;
    if (kept.upTo >= this.view.lastStep) return true;
    const rest = kept.began + Math.min(3000, 8 * kept.took) - Date.now();
    if (rest > 0 && !this.#waiting) this.#waiting = setTimeout(() => {
      this.#waiting = null;
      this.onStale();
    }, rest);
    return rest > 0;
  }

  #fetch(indices, key, points, how) {
    const began = Date.now();
    const upTo = this.view.lastStep;
    const all = this.#feed.series(this.id, indices, points, how);
    indices.forEach((index, at) => {
      const entry = { began, upTo, took: 0, answer: all.then((curves) => {
        entry.took = Date.now() - began;
        return curves[at];
      }) };
      entry.answer.catch(() => this.#series.get(key(index)) === entry && this.#series.delete(key(index)));
      this.#series.delete(key(index));
      this.#series.set(key(index), entry);
    });
    while (this.#series.size > MOST_KEPT) this.#series.delete(this.#series.keys().next().value);
  }

  /** Fetches what is not kept yet; an answer that failed is not kept, so that the next who asks tries again. */
  #once(kept, key, fetch) {
    if (!kept.has(key)) {
      const answer = fetch();
      kept.set(key, answer);
      answer.catch(() => kept.get(key) === answer && kept.delete(key));
    }
    return kept.get(key);
  }
}

/** A curve with the smoothed values of one factor: the one that was asked for, or of a file the nearest that is in it. */
function withSmooth(curve, factor) {
  const factors = Object.keys(curve.smooth ?? {});
  if (factor === 0 || factors.length === 0) return { ...curve, smooth: null };
  const nearest = factors.reduce((one, other) => (Math.abs(other - factor) < Math.abs(one - factor) ? other : one));
  return { ...curve, smooth: curve.smooth[nearest] };
}
