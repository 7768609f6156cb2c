const MOST_BLOCKS = 14;

/** Names by the block that they belong to: their first parts, as many as give at most 14 blocks; a map from block to names, in their order. */
export function blocksOf(names) {
  const deepest = Math.max(1, ...names.map((name) => name.split('.').length));
  for (let depth = deepest; depth > 1; depth--) {
    const groups = Map.groupBy(names, (name) => name.split('.').slice(0, depth).join('.'));
    if (groups.size <= MOST_BLOCKS) return groups;
  }
  return Map.groupBy(names, (name) => name.split('.')[0]);
}

/** Which of many parameters and layers are chosen: by a piece of their names or a regular expression, and by what they are. */
export function chosen(names, { targets, parts }) {
  let fits = () => true;
  if (targets) {
    try {
      const pattern = new RegExp(targets, 'i');
      fits = (name) => pattern.test(name);
    } catch {
      fits = (name) => name.toLowerCase().includes(targets.toLowerCase());
    }
  }
  return names.filter((name) => fits(name) && (parts === 'biases' ? name.endsWith('.bias') : parts === 'weights' ? !name.endsWith('.bias') : true));
}

/** One curve for many: root of the sum of squares for norms, the mean for everything else; readings at other moments than the first curve's are left out. */
export function combined(curves, isNorm) {
  const first = curves[0];
  const same = curves.filter((curve) => curve.step.length === first.step.length && curve.readings === first.readings);
  const join = (of) => first.step.map((_, at) => {
    const values = same.map((curve) => of(curve)?.[at] ?? null);
    if (values.some((value) => value === null)) return null;
    return isNorm ? Math.hypot(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  const value = join((curve) => curve.value);
  return {
    ...first, value, low: null, high: null, smooth: same.every((curve) => curve.smooth) ? join((curve) => curve.smooth) : null,
    lastValue: value.findLast((one) => one !== null) ?? null, gaps: same.flatMap((curve) => curve.gaps).slice(0, 1),
  };
}

/** Names without the parts that all of them begin with, where those take much room: what tells them apart stays. */
export function withoutCommon(labels) {
  const first = labels[0] ?? '';
  let common = 0;
  while (labels.length > 1 && common < first.length && labels.every((label) => label[common] === first[common])) common++;
  const end = first.lastIndexOf('.', common - 1) + 1;
  return end > 8 ? labels.map((label) => `…${label.slice(end)}`) : labels;
}
