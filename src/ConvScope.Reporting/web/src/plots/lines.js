import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { fade, ink } from '../colours.js';
import { h } from '../dom.js';
import { duration, short } from '../format.js';
import { AXES, axisText } from '../math/axis.js';
import { crosses } from '../math/gaps.js';
import { withoutCommon } from '../math/blocks.js';
import { drawLines } from './linefigure.js';

const HEIGHT = 280;
const NARROW = 520; // below it names stand under the chart, not at the lines' ends
const LINE = 13; // pixels of a name
const FEW = 3; // curves, up to which the range of a pixel's readings is drawn

/**
 * A chart of curves that is updated in place, with their names at the lines' ends.
 * Each curve: { label, colour, points, raw (drawn faint with a smoothed one), dashed, dots }; points are a curve of the record with places on the axis as `x`.
 */
export class Lines {
  #plot = null;
  #shape = '';

  constructor(description) {
    this.description = description;
    this.names = h('ul', { class: 'names' });
    this.readout = h('p', { class: 'readout' });
    this.holder = h('div', {});
    this.element = h('div', { class: 'chart', role: 'img', 'aria-label': description }, this.holder, this.names, this.readout);
  }

  /** @param {{ curves: object[], x: string, isLog: boolean, unit: string, range?: number[], bands?: object[], flags?: object[], at?: number, onZoom?: Function }} chart */
  draw(chart) {
    this.chart = chart;
    const width = Math.max(300, this.element.clientWidth || this.element.parentElement?.clientWidth || 640);
    const { data, series } = this.#columns();
    const isNarrow = width < NARROW;
    const shape = JSON.stringify([chart.x, chart.isLog, chart.unit, isNarrow, document.documentElement.dataset.theme, series.map((one) => [one.label, one.stroke])]);
    if (this.#plot && shape === this.#shape) {
      if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
      this.#plot.setData(data);
    } else {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(width, series, isNarrow), data, this.holder);
      this.#plot.over.append(h('div', { class: 'ends' }));
      this.#shape = shape;
      this.#placeNames(this.#plot);
    }
    this.names.hidden = !isNarrow || chart.curves.length < 2;
    this.names.replaceChildren(...(this.names.hidden ? [] : chart.curves.map((curve) => h('li', {}, swatch(curve), curve.label))));
    const last = chart.curves.map((curve) => `${curve.label} ${short(curve.points.lastValue)}`).join(', ');
    this.element.setAttribute('aria-label', `${this.description}. Last values: ${last}.`);
  }

  /** The chart as a figure for files. */
  figure() {
    return { width: 900, height: 420, draw: (surface) => drawLines(surface, this.chart) };
  }

  #columns() {
    const { curves, x, isLog } = this.chart;
    const tables = [];
    const series = [{ label: AXES[x] }];
    const shown = (values) => (isLog ? values.map((value) => (value > 0 ? value : null)) : values);
    for (const curve of curves) {
      const { points } = curve;
      if (points.step.length === 0) continue;
      const isSmoothed = Boolean(curve.raw && points.smooth);
      const line = { label: curve.label, stroke: curve.colour, width: 2, dash: curve.dashed ? [6, 4] : undefined, spanGaps: false, points: { show: curve.dots || (points.step.length < 30 && !points.low), size: 6 }, named: curve };
      const table = [points.x];
      if (points.low && curves.length <= FEW) {
        table.push(shown(points.high), shown(points.low));
        series.push({ label: 'largest', width: 0, points: { show: false } }, { label: 'least', width: 0, points: { show: false }, edgeOf: curve.colour });
      }
      if (isSmoothed) {
        table.push(shown(points.value));
        series.push({ label: 'as measured', stroke: fade(curve.colour, 0.3), width: 1, spanGaps: false, points: { show: false } });
      }
      table.push(shown(isSmoothed ? points.smooth : points.value));
      series.push(line);
      tables.push(table);
    }
    return { data: tables.length > 0 ? uPlot.join(tables) : [[]], series };
  }

  #options(width, series, isNarrow) {
    const colours = ink();
    const { chart } = this;
    const axis = { stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { stroke: colours.line }, font: '12px system-ui' };
    const format = { seconds: (value) => duration(value), step: (value) => value.toLocaleString('en'), epoch: (value) => short(value) }[chart.x];
    const ends = isNarrow || chart.curves.length < 2 ? 16 : Math.min(200, 14 + Math.max(...withoutCommon(chart.curves.map((curve) => curve.label)).map(textWidth)));
    return {
      width,
      height: HEIGHT,
      series,
      padding: [10, ends, 0, 0],
      bands: series.flatMap((one, at) => (one.edgeOf ? [{ series: [at - 1, at], fill: fade(one.edgeOf, 0.16) }] : [])),
      cursor: { sync: { key: 'steps' }, drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => () => this.chart.onZoom?.(null) } },
      scales: {
        x: { time: chart.x === 'wall', range: (_, low, high) => this.chart.range ?? [low ?? 0, high > low ? high : (low ?? 0) + 1] },
        y: { distr: chart.isLog ? 3 : 1 },
      },
      axes: [{ ...axis, label: AXES[chart.x], labelSize: 22, size: 40, ...(format ? { values: (_, splits) => splits.map((value) => (value === null ? '' : format(value))) } : {}) },
        { ...axis, size: 76, label: chart.unit, labelSize: 20, values: (_, splits) => splits.map((value) => (value === null ? '' : short(value))) }],
      hooks: {
        drawClear: [(plot) => this.#drawBands(plot)],
        draw: [(plot) => this.#drawMarks(plot), (plot) => this.#placeNames(plot)],
        setSelect: [(plot) => this.#zoom(plot)],
        setCursor: [(plot) => this.#read(plot)],
      },
      legend: { show: false },
    };
  }

  #zoom(plot) {
    const { left, width } = plot.select;
    if (width < 6) return;
    const range = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.chart.onZoom?.(range);
  }

  /** The values under the cursor, in words. */
  #read(plot) {
    const { idx } = plot.cursor;
    if (idx === null || idx === undefined) {
      this.readout.textContent = '';
      return;
    }
    const values = plot.series.flatMap((one, at) => (one.named ? [`${one.label} ${short(nearest(plot.data[at], idx))}`] : []));
    this.readout.textContent = `${axisText(plot.data[0][idx], this.chart.x)}: ${values.join(' · ')}`;
  }

  /** Names at the lines' ends, moved apart where they would lie upon each other. */
  #placeNames(plot) {
    const layer = plot.over.querySelector('.ends');
    if (!layer) return;
    const names = plot.width < NARROW || this.chart.curves.length < 2 ? [] : plot.series.flatMap((one, at) => {
      const value = one.named ? lastVisible(plot, at) : null;
      return value === null ? [] : [{ curve: one.named, y: plot.valToPos(value, 'y') }];
    }).sort((one, other) => one.y - other.y);
    const short = new Map(this.chart.curves.map((curve, at) => [curve.label, withoutCommon(this.chart.curves.map((one) => one.label))[at]]));
    const height = plot.bbox.height / devicePixelRatio;
    names.forEach((name, at) => (name.y = Math.max(name.y, at > 0 ? names[at - 1].y + LINE : 0)));
    for (let at = names.length - 1, limit = height; at >= 0; at--, limit -= LINE) names[at].y = Math.min(names[at].y, limit);
    layer.replaceChildren(...names.map(({ curve, y }) => {
      const name = h('span', { title: curve.label }, swatch(curve), short.get(curve.label));
      name.style.top = `${y - 8}px`;
      return name;
    }));
  }

  #drawBands(plot) {
    const { left, width } = plot.bbox;
    for (const { from, to } of this.chart.bands ?? []) {
      const inside = (value) => Math.min(plot.bbox.top + plot.bbox.height, Math.max(plot.bbox.top, plot.valToPos(value, 'y', true)));
      plot.ctx.fillStyle = ink().band;
      plot.ctx.fillRect(left, inside(to), width, inside(from) - inside(to));
    }
  }

  #drawMarks(plot) {
    const { top, height, left, width } = plot.bbox;
    const { ctx } = plot;
    const size = devicePixelRatio;
    const mark = (value, colour, text) => {
      const x = plot.valToPos(value, 'x', true);
      if (!(x >= left && x <= left + width)) return;
      ctx.save();
      ctx.strokeStyle = colour;
      ctx.lineWidth = size;
      ctx.setLineDash([4 * size, 3 * size]);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      if (text) {
        ctx.fillStyle = colour;
        ctx.font = `600 ${11 * size}px system-ui`;
        ctx.fillText(`⚑${text}`, x + 3 * size, top + 10 * size);
      }
      ctx.restore();
    };
    for (const flag of this.chart.flags ?? []) mark(flag.at, flag.colour, flag.text);
    if (this.chart.at !== null && this.chart.at !== undefined) mark(this.chart.at, ink().accent, '');
    for (const { x, y, colour, text } of crosses(this.chart)) drawCross(plot, plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true), colour, text);
  }
}

function drawCross(plot, x, y, colour, text) {
  const { left, width, top, height } = plot.bbox;
  if (!(x >= left && x <= left + width && y >= top && y <= top + height)) return;
  const { ctx } = plot;
  const size = 5 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x - size, y + size);
  ctx.lineTo(x + size, y - size);
  ctx.stroke();
  ctx.fillStyle = ink().text;
  ctx.font = `${11 * devicePixelRatio}px system-ui`;
  const isRight = x > left + 0.6 * width;
  ctx.textAlign = isRight ? 'right' : 'left';
  ctx.fillText(text, x + (isRight ? -1.6 : 1.6) * size, y - 1.6 * size);
  ctx.restore();
}

function swatch(curve) {
  const line = h('i', { class: curve.dashed ? 'swatch dashed' : 'swatch' });
  line.style.borderColor = curve.colour;
  return line;
}

function nearest(values, at) {
  for (let away = 0; away < values.length; away++) {
    for (const place of [at - away, at + away]) if (values[place] !== null && values[place] !== undefined) return values[place];
  }
  return null;
}

function lastVisible(plot, at) {
  const { min, max } = plot.scales.x;
  for (let place = plot.data[0].length - 1; place >= 0; place--) {
    const x = plot.data[0][place];
    if (x >= min && x <= max && plot.data[at][place] !== null && plot.data[at][place] !== undefined) return plot.data[at][place];
  }
  return null;
}

let ruler = null;

function textWidth(text) {
  ruler ??= document.createElement('canvas').getContext('2d');
  ruler.font = '11px system-ui';
  return ruler.measureText(text).width + 18;
}
