const MOST_POINTS = 2000;

/** What the page knows of one run. Series grow by what is new; a series that has grown long is fetched again, thinned. */
export class RunData {
  #feed;
  #series = new Map();
  #tensors = new Map();
  #histograms = new Map();
  #described = '';
  #refreshed = 0;

  constructor(feed, view) {
    this.#feed = feed;
    this.view = view;
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
    const isNew = described !== this.#described || Date.now() - this.#refreshed > 5000;
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

  /** The readings of several series, by their index: steps, epochs, seconds, values, null for what is not finite. */
  async series(indices) {
    const wanted = indices.filter((index) => index >= 0);
    const groups = new Map();
    for (const index of wanted) {
      const known = this.#series.get(index);
      if (known && known.upTo >= this.view.lastStep) continue;
      const after = known && known.step.length < 2 * MOST_POINTS ? known.upTo : -1;
      groups.set(after, [...(groups.get(after) ?? []), index]);
    }
    const upTo = this.view.lastStep;
    await Promise.all([...groups].map(async ([after, missing]) => {
      const fetched = await this.#feed.series(this.id, missing, after, MOST_POINTS);
      fetched.forEach((points, at) => this.#keep(missing[at], points, after, upTo));
    }));
    return indices.map((index) => this.#series.get(index) ?? { step: [], epoch: [], seconds: [], value: [] });
  }

  /** The readings of one series by name. */
  async read(quantity, target = '') {
    return (await this.series([this.indexOf(quantity, target)]))[0];
  }

  async histograms(index) {
    if (!this.#histograms.has(index)) this.#histograms.set(index, this.#feed.histograms(this.id, index));
    return this.#histograms.get(index);
  }

  async tensor(kind, step, name) {
    const key = `${kind}/${step}/${name}`;
    if (!this.#tensors.has(key)) {
      if (this.#tensors.size > 200) this.#tensors.delete(this.#tensors.keys().next().value);
      this.#tensors.set(key, this.#feed.tensor(this.id, kind, step, name));
    }
    return this.#tensors.get(key);
  }

  /** The last snapshot of a kind at or before a step; the first one where all are later. */
  snapshot(kind, step) {
    const snapshots = this.view.snapshots.filter((snapshot) => snapshot.kind === kind);
    return snapshots.findLast((snapshot) => snapshot.step <= step) ?? snapshots[0];
  }

  #keep(index, points, after, upTo) {
    const known = this.#series.get(index);
    if (after < 0 || !known) {
      this.#series.set(index, { ...points, upTo: points.step.at(-1) ?? Math.min(upTo, -1) });
      return;
    }
    for (const name of ['step', 'epoch', 'seconds', 'value']) known[name] = known[name].concat(points[name]);
    known.upTo = Math.max(known.upTo, points.step.at(-1) ?? known.upTo);
  }
}
