import { duration } from '../format.js';

/** The axes that curves are drawn over. */
export const AXES = { step: 'step', epoch: 'epoch', seconds: 'time since the start', wall: 'time of day' };

/** Where a step lies on an axis, by the run's clock; null where that is not known. Between two moments of the clock time runs evenly, after the last one as fast as lately. */
export function place(clock, step, axis) {
  if (axis === 'step') return step;
  const column = clock[axis];
  if (!column || column.length === 0) return null;
  return between(clock.step, column, step);
}

/** The step at a place of an axis: the inverse of {@link place}. */
export function stepAt(clock, value, axis) {
  if (axis === 'step') return value;
  const column = clock[axis];
  if (!column || column.length === 0) return null;
  return between(column, clock.step, value);
}

/** Places of many steps. */
export const places = (clock, steps, axis) => (axis === 'step' ? steps : Array.from(steps, (step) => place(clock, step, axis)));

/** A number on an axis in words. */
export function axisText(value, axis) {
  if (axis === 'seconds') return duration(value);
  if (axis === 'wall') return new Date(1000 * value).toLocaleString('en-GB', { dateStyle: 'short', timeStyle: 'medium' });
  return axis === 'epoch' ? `epoch ${Number(value.toFixed(2))}` : `step ${Math.round(value).toLocaleString('en')}`;
}

function between(from, to, value) {
  const last = from.length - 1;
  if (last === 0) return to[0] + (value - from[0]) * (to[0] > 0 && from[0] > 0 ? to[0] / from[0] : 0);
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= value) low = middle;
    else high = middle;
  }
  if (value > from[last]) [low, high] = [Math.max(0, last - Math.ceil(last / 10)), last];
  const length = from[high] - from[low];
  return length === 0 ? to[high] : to[high] - ((from[high] - value) / length) * (to[high] - to[low]);
}
