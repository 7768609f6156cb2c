import { h, table } from '../dom.js';
import { short } from '../format.js';
import { Pane } from '../pane.js';

/** The layers with what each gives and costs. */
export function layersPane(page) {
  return new Pane('Layers', (body, pane) => {
    const { layerTable, layers } = page.focus.view;
    const rows = layerTable.length > 0
      ? [...layerTable.map((row) => [row.name, row.kind, row.output, row.parameters, row.multiplyAdds]),
        ['total', '', '', ...['parameters', 'multiplyAdds'].map((name) => layerTable.reduce((sum, row) => sum + row[name], 0))]]
      : layers.map((layer) => [layer.name, layer.kind, '', '', '']);
    const heads = ['layer', 'kind', 'output', 'parameters', 'multiply-adds'];
    body.replaceChildren(rows.length > 0 ? table('Layers of the network', heads, rows) : 'The record does not describe the network.');
    pane.offer({ rows: () => [heads, ...rows] });
  });
}

const HIDDEN = ['layers', 'network json'];

/** Everything that is known of how the run was made. */
export function environmentPane(page) {
  return new Pane('Environment', (body, pane) => {
    const rows = Object.entries(page.focus.view.metadata).filter(([name]) => !HIDDEN.includes(name)).map(([name, value]) => [name, readable(value)]);
    body.replaceChildren(table('Environment of the run', ['what', 'value'], rows));
    pane.offer({ rows: () => [['what', 'value'], ...Object.entries(page.focus.view.metadata)] });
  });
}

/** JSON as lines of "name: value"; anything else as it is. */
function readable(value) {
  if (!/^[{[]/.test(value)) return value;
  try {
    if (value.startsWith('[')) return JSON.parse(value).join(', ');
    return h('ul', { class: 'plain' }, Object.entries(JSON.parse(value)).map(([name, one]) => h('li', {}, `${name}: ${typeof one === 'number' ? short(one) : JSON.stringify(one)}`)));
  } catch {
    return value;
  }
}
