import { h } from './dom.js';

const grid = (panes) => h('div', { class: 'panes' }, panes.map((pane) => pane.element));

/** A part of the page: a heading and panes; nothing where there are none. */
export const section = (id, title, panes, { help = '', tools = null } = {}) => (panes.length === 0 && !tools ? '' : h('section', { id }, h('h2', {}, title), help ? h('p', { class: 'help' }, help) : null, tools, grid(panes)));

/** What no other part draws; of what few look at, the panes are folded away. */
export function othersSection({ shown, more }) {
  if (shown.length + more.length === 0) return '';
  return h('section', { id: 'others' }, h('h2', {}, 'Everything else that was measured'), shown.length > 0 ? grid(shown) : null,
    more.length > 0 ? h('details', { class: 'fold' }, h('summary', {}, `${more.length} more charts, of what the diagnosis looks at`), grid(more)) : null);
}

/** Which part of the page is being read: it stands in the address, and a link leads to it. */
export class ReadingPlace {
  #timer = 0;

  constructor(page) {
    this.page = page;
    window.addEventListener('scroll', () => this.#note(), { passive: true });
  }

  goTo(id) {
    const go = () => document.getElementById(id)?.scrollIntoView({ behavior: 'auto' });
    if (!/^[a-z]+$/.test(id) || !document.getElementById(id)) return;
    go();
    setTimeout(go, 500); // when the panes above have their heights
  }

  #note() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { main, controls, state } = this.page;
      const top = controls.element.getBoundingClientRect().bottom + 60;
      const part = [...main.querySelectorAll(':scope > section')].findLast((element) => element.getBoundingClientRect().top <= top);
      if ((part?.id ?? '') !== state.pane && window.scrollY > 0) state.note({ pane: part?.id ?? '' });
    }, 300);
  }
}
