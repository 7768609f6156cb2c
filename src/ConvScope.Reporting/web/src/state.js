const VIEWS = 'convscope.views';
const DEFAULTS = { runs: [], step: null, x: 'step', smoothing: 0.9, log: false, theme: 'auto', filter: '', kind: 'Weights', histogram: 'gradient histogram', histogramTarget: '', histogramView: 'map', image: 0, zoom: null, targets: '', parts: 'auto', blocks: false, compare: null, cell: null, pane: '' };

const isPair = (value) => Array.isArray(value) && value.length === 2;

/** Choices that an address may hold and that are no plain text, number or list: what they must look like. */
const SHAPES = {
  zoom: (value) => isPair(value) && value.every(Number.isFinite) && value[0] < value[1],
  cell: (value) => isPair(value) && value.every(Number.isInteger),
  compare: (value) => isPair(value) && value.every((pick) => pick !== null && typeof pick === 'object' && typeof (pick.part ?? '') === 'string'),
  step: (value) => Number.isFinite(value),
  runs: (value) => Array.isArray(value) && value.every((id) => typeof id === 'string'),
};

/** What the person has chosen. It stands in the address, so that a view can be linked to and saved under a name. */
export class State {
  #listeners = [];

  constructor() {
    Object.assign(this, DEFAULTS, this.#fromAddress());
  }

  /** Changes some choices and tells everybody. */
  set(changes) {
    this.note(changes);
    for (const listener of this.#listeners) listener(changes);
  }

  /** Changes choices that nothing has to be drawn anew for: they stand in the address. */
  note(changes) {
    Object.assign(this, changes);
    const differing = Object.keys(DEFAULTS).filter((name) => JSON.stringify(this[name]) !== JSON.stringify(DEFAULTS[name]));
    const text = new URLSearchParams(differing.map((name) => [name, JSON.stringify(this[name])])).toString();
    try {
      history.replaceState(null, '', text ? `#${text}` : location.pathname + location.search);
    } catch {
      // an address that may not be changed, as in some viewers of local files
    }
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  views() {
    try {
      return JSON.parse(localStorage.getItem(VIEWS)) ?? {};
    } catch {
      return {};
    }
  }

  saveView(name) {
    localStorage.setItem(VIEWS, JSON.stringify({ ...this.views(), [name]: location.hash }));
  }

  deleteView(name) {
    const { [name]: _, ...others } = this.views();
    localStorage.setItem(VIEWS, JSON.stringify(others));
  }

  openView(name) {
    history.replaceState(null, '', this.views()[name] || location.pathname);
    this.reread();
  }

  /** Takes over what the address says now. */
  reread() {
    this.set({ ...DEFAULTS, ...this.#fromAddress() });
  }

  #fromAddress() {
    const choices = {};
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      if (!(name in DEFAULTS)) continue;
      try {
        const parsed = JSON.parse(value);
        const fits = SHAPES[name] ?? ((one) => typeof one === typeof DEFAULTS[name]);
        if (fits(parsed)) choices[name] = parsed;
      } catch {
        // a mangled address chooses nothing
      }
    }
    return choices;
  }
}
