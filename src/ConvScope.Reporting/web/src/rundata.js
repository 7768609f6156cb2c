const MOST_POINTS = 2000;

/** Points of a curve where a chart has many of them: more than its pixels. */
export const FEWER_POINTS = 500;

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

  /** The readings of several series, by their index: steps, epochs, seconds, values, null for what is not finite; thinned to some number of points or finer. */
  async series(indices, points = MOST_POINTS) {
    const wanted = indices.filter((index) => index >= 0);
    const groups = new Map();
    for (const index of wanted) {
      const known = this.#series.get(index);
      const isFine = known && known.points >= points;
      if (isFine && known.upTo >= this.view.lastStep) continue;
      const after = isFine && known.step.length < 2 * known.points ? known.upTo : -1;
      groups.set(after, [...(groups.get(after) ?? []), index]);
    }
    await Promise.all([...groups].map(async ([after, missing]) => {
      const fetched = await this.#feed.series(this.id, missing, after, points);
      fetched.forEach((readings, at) => this.#keep(missing[at], readings, after, points));
    }));
    return indices.map((index) => this.#series.get(index) ?? { step: [], epoch: [], seconds: [], value: [] });
  }

  /** Why there is nothing of what is told of classes: while the run goes on it may come. */
  withoutClasses(regression, running) {
    if (this.view.metadata.task === 'regression') return regression;
    if (this.view.status === 'running') return running;
    return this.view.series.some((one) => one.quantity === 'accuracy' || one.quantity === 'train accuracy') ? 'Not recorded in this run.' : 'Nothing is known of classes in this run.';
  }

  /** The readings of one series by name. */
  async read(quantity, target = '', points = MOST_POINTS) {
    return (await this.series([this.indexOf(quantity, target)], points))[0];
  }

  async histograms(index) {
    return this.#once(this.#histograms, index, () => this.#feed.histograms(this.id, index));
  }

  async tensor(kind, step, name) {
    const key = `${kind}/${step}/${name}`;
    if (this.#tensors.size > 200) this.#tensors.delete(this.#tensors.keys().next().value);
    return this.#once(this.#tensors, key, () => this.#feed.tensor(this.id, kind, step, name));
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

  /** The last snapshot of a kind at or before a step; the first one where all are later. */
  snapshot(kind, step) {
    const snapshots = this.view.snapshots.filter((snapshot) => snapshot.kind === kind);
    return snapshots.findLast((snapshot) => snapshot.step <= step) ?? snapshots[0];
  }

  #keep(index, readings, after, points) {
    const known = this.#series.get(index);
    if (after < 0 || !known) {
      this.#series.set(index, { ...readings, points, upTo: readings.step.at(-1) ?? -1 });
      return;
    }
    for (const name of ['step', 'epoch', 'seconds', 'value']) known[name] = known[name].concat(readings[name]);
    known.upTo = Math.max(known.upTo, readings.step.at(-1) ?? -1);
  }
}
