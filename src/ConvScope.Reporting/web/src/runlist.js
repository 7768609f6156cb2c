import { h } from './dom.js';
import { percent } from './format.js';
import { STATUS } from './panes/verdict.js';

/** The environments as a tree by folder, filtered by a regular expression; views saved under names. */
export class RunList {
  constructor(page) {
    this.page = page;
    const { state } = page;
    this.filter = h('input', { type: 'search', placeholder: 'Filter (regular expression)', 'aria-label': 'Filter runs by a regular expression', value: state.filter, oninput: () => state.set({ filter: this.filter.value }) });
    this.problem = h('p', { class: 'problem', role: 'alert' });
    this.tree = h('div', { class: 'tree' });
    this.views = h('div', { class: 'views' });
    this.element = h('nav', { class: 'runs', 'aria-label': 'Runs' }, h('p', { class: 'brand' }, 'ConvScope'), this.filter, this.problem, this.tree, this.views);
  }

  update() {
    const { entries, state } = this.page;
    let matches = () => true;
    this.problem.textContent = '';
    try {
      const pattern = new RegExp(state.filter, 'i');
      matches = (entry) => pattern.test(`${entry.environment}/${entry.name}`);
    } catch {
      this.problem.textContent = 'That is not a regular expression.';
    }
    const groups = Map.groupBy(entries.filter(matches), (entry) => entry.environment);
    this.tree.replaceChildren(...[...groups].sort(([one], [other]) => one.localeCompare(other)).map(([environment, runs]) =>
      h('details', { open: true }, h('summary', {}, `${environment || '(top)'} `, h('span', { class: 'count' }, String(runs.length))), h('ul', {}, runs.map((entry) => this.#item(entry))))));
    this.#showViews();
  }

  #item(entry) {
    const { state, runs } = this.page;
    const isChosen = runs.some((run) => run.id === entry.id);
    const box = h('input', { type: 'checkbox', onchange: () => {
      const others = runs.map((run) => run.id).filter((id) => id !== entry.id);
      state.set({ runs: box.checked ? [...others, entry.id] : others, step: null });
    } });
    box.checked = isChosen;
    box.setAttribute('aria-label', `Overlay ${entry.name}`);
    return h('li', { class: isChosen ? 'chosen' : null }, box, h('button', { type: 'button', class: 'link', onclick: () => state.set({ runs: [entry.id], step: null }) }, entry.name),
      h('span', { class: `state ${entry.status}`, title: entry.fault ?? null }, [STATUS[entry.status] ?? entry.status, entry.accuracy === null ? null : percent(entry.accuracy)].filter(Boolean).join(' · ')));
  }

  #showViews() {
    const { state } = this.page;
    const name = h('input', { type: 'text', placeholder: 'Name of this view', 'aria-label': 'Name of this view' });
    this.views.replaceChildren(h('p', { class: 'heading' }, 'Saved views'),
      h('form', { onsubmit: (event) => {
        event.preventDefault();
        if (!name.value) return;
        state.saveView(name.value);
        this.#showViews();
      } }, name, h('button', { type: 'submit' }, 'Save')),
      h('ul', {}, Object.keys(state.views()).map((view) => h('li', {}, h('button', { type: 'button', class: 'link', onclick: () => state.openView(view) }, view),
        h('button', { type: 'button', class: 'small', 'aria-label': `Delete view ${view}`, onclick: () => {
          state.deleteView(view);
          this.#showViews();
        } }, '×')))));
  }
}
