/** Makes an element. Properties starting with "on" are listeners; the rest are attributes; null and false are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A labelled choice; `choices` are texts or [value, text] pairs. */
export function choice(label, choices, value, onChange) {
  const select = h('select', { onchange: () => onChange(select.value) }, choices.map((entry) => {
    const [key, text] = Array.isArray(entry) ? entry : [entry, entry];
    return h('option', { value: key, selected: String(key) === String(value) }, text);
  }));
  return h('label', { class: 'field' }, h('span', {}, label), select);
}

/** A row of buttons of which one is pressed. */
export function toggles(label, choices, value, onChange) {
  return h('div', { class: 'toggles', role: 'group', 'aria-label': label }, choices.map(([key, text]) =>
    h('button', { type: 'button', 'aria-pressed': String(key === value), onclick: () => onChange(key) }, text)));
}

/** A table with a header row; numbers are right-aligned. */
export function table(caption, heads, rows) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Table: ${caption}` },
    h('table', {}, h('caption', { class: 'hidden' }, caption),
      h('thead', {}, h('tr', {}, heads.map((head) => head ? h('th', { scope: 'col' }, head) : h('td')))),
      h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell, column) =>
        h(column === 0 ? 'th' : 'td', { scope: column === 0 ? 'row' : null, class: typeof cell === 'number' ? 'number' : null },
          typeof cell === 'number' ? cell.toLocaleString('en') : cell)))))));
}
