/**
 * Bias-corrected exponential mean over steps: what came n steps before counts `factor`ⁿ as much, so that readings far apart are not smeared into each other. Gaps stay gaps.
 * @param {number[]} steps Where the readings were made.
 */
export function smooth(steps, values, factor) {
  let mean = 0;
  let weight = 0;
  let before = null;
  return values.map((value, at) => {
    if (value === null) return null;
    const kept = before === null ? 0 : factor ** Math.max(1, steps[at] - before);
    before = steps[at];
    mean = kept * mean + (1 - factor) * value;
    weight = kept * weight + (1 - factor);
    return mean / weight;
  });
}
