import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { fade, ink } from '../colours.js';
import { h } from '../dom.js';
import { short } from '../format.js';
import { smooth } from '../math/smooth.js';
import { drawLines } from './linefigure.js';

const HEIGHT = 280;
const AXES = { step: 'step', epoch: 'epoch', seconds: 'seconds' };

/**
 * A chart of curves that is updated in place.
 * Each curve: { label, colour, points, raw (drawn faint with a smoothed one), dashed, dots }.
 */
export class Lines {
  #plot = null;
  #shape = '';

  constructor(description) {
    this.description = description;
    this.element = h('div', { class: 'chart', role: 'img', 'aria-label': description });
  }

  /** @param {{ curves: object[], x: string, smoothing: number, isLog: boolean, unit: string, bands?: object[], flags?: object[], step?: number }} chart */
  draw(chart) {
    this.chart = chart;
    const width = Math.max(320, this.element.clientWidth || this.element.parentElement?.clientWidth || 640);
    const { data, series } = this.#columns();
    const shape = JSON.stringify([chart.x, chart.isLog, chart.unit, document.documentElement.dataset.theme, series.map((one) => [one.label, one.stroke])]);
    if (this.#plot && shape === this.#shape) {
      if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
      this.#plot.setData(data);
    } else {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(width, series), data, this.element);
      this.#shape = shape;
    }
    const last = chart.curves.map((curve) => `${curve.label} ${short(curve.points.value.findLast((value) => value !== null))}`).join(', ');
    this.element.setAttribute('aria-label', `${this.description}. Last values: ${last}.`);
  }

  /** The chart as a figure for files. */
  figure() {
    return { width: 900, height: 420, draw: (surface) => drawLines(surface, this.chart) };
  }

  /** The chart's points as rows of a table. */
  rows() {
    return [['curve', 'step', 'epoch', 'seconds', 'value'],
      ...this.chart.curves.flatMap(({ label, points }) => points.step.map((step, at) => [label, step, points.epoch[at], points.seconds[at], points.value[at]]))];
  }

  #columns() {
    const { curves, x, smoothing, isLog } = this.chart;
    const tables = [];
    const series = [{ label: AXES[x], value: (_, value) => short(value) }];
    const shown = (values) => (isLog ? values.map((value) => (value > 0 ? value : null)) : values);
    for (const curve of curves) {
      if (curve.points.step.length === 0) continue;
      const at = curve.points[x];
      const line = { label: curve.label, stroke: curve.colour, width: 2, dash: curve.dashed ? [6, 4] : undefined, spanGaps: false, value: (_, value) => short(value), points: { show: curve.dots || at.length < 30, size: 6 } };
      const isSmoothed = curve.raw && smoothing > 0;
      if (isSmoothed) series.push({ ...line, label: `${curve.label}, raw`, stroke: fade(curve.colour, 0.28), width: 1, points: { show: false } });
      tables.push([at, ...(isSmoothed ? [shown(curve.points.value), shown(smooth(curve.points.step, curve.points.value, smoothing))] : [shown(curve.points.value)])]);
      series.push(line);
    }
    return { data: tables.length > 0 ? uPlot.join(tables) : [[]], series };
  }

  #options(width, series) {
    const colours = ink();
    const axis = { stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { stroke: colours.line }, font: '12px system-ui' };
    return {
      width,
      height: HEIGHT,
      series,
      cursor: { sync: { key: 'steps' }, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { distr: this.chart.isLog ? 3 : 1 } },
      axes: [{ ...axis, label: AXES[this.chart.x], labelSize: 22, size: 40 },
        { ...axis, size: 76, label: this.chart.unit, labelSize: 20, values: (_, splits) => splits.map((value) => (value === null ? '' : short(value))) }],
      hooks: { ready: [(plot) => hideRaw(plot)], drawClear: [(plot) => this.#drawBands(plot)], draw: [(plot) => this.#drawMarks(plot)] },
      legend: { live: true },
    };
  }

  #drawBands(plot) {
    const { left, width } = plot.bbox;
    for (const { from, to } of this.chart.bands ?? []) {
      const top = plot.valToPos(to, 'y', true), bottom = plot.valToPos(from, 'y', true);
      plot.ctx.fillStyle = ink().band;
      plot.ctx.fillRect(left, Math.max(plot.bbox.top, top), width, Math.min(plot.bbox.top + plot.bbox.height, bottom) - Math.max(plot.bbox.top, top));
    }
  }

  #drawMarks(plot) {
    const { top, height, left, width } = plot.bbox;
    const { ctx } = plot;
    const mark = (value, colour, text) => {
      const x = plot.valToPos(value, 'x', true);
      if (!(x >= left && x <= left + width)) return;
      ctx.save();
      ctx.strokeStyle = colour;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      if (text) {
        ctx.fillStyle = colour;
        ctx.font = `600 ${11 * devicePixelRatio}px system-ui`;
        ctx.fillText(`⚑${text}`, x + 3 * devicePixelRatio, top + 10 * devicePixelRatio);
      }
      ctx.restore();
    };
    for (const flag of this.chart.flags ?? []) mark(flag.at, flag.colour, flag.text);
    if (this.chart.at !== null && this.chart.at !== undefined) mark(this.chart.at, ink().accent, '');
  }
}

/** The legend names each curve once: not the faint one under it. */
function hideRaw(plot) {
  const rows = plot.root.querySelectorAll('.u-legend .u-series');
  plot.series.forEach((series, at) => {
    if (series.label?.endsWith?.(', raw')) rows[at].hidden = true;
  });
}
