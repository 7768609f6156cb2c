/** Where curves stop being finite: a place, and for the end of a curve words. */
export function crosses({ curves, isLog }) {
  return curves.flatMap(({ points, colour, raw }) => (points.gaps ?? []).flatMap((gap) => {
    const values = raw && points.smooth ? points.smooth : points.value;
    let at = points.step.length - 1;
    while (at >= 0 && !(points.step[at] < gap.step && values[at] !== null && (!isLog || values[at] > 0))) at--;
    return at < 0 ? [] : [{ x: points.x[at], y: values[at], colour, text: gap.isEnd ? `${gap.what} from step ${gap.step.toLocaleString('en')} on` : '' }];
  }));
}


/** What has to be said of curves beside what they show: how far apart readings lie, where they end before the run does, and where they are not finite. */
export function remarks(curves) {
  const said = new Set();
  const add = (text, label) => said.add(curves.length > 1 && label ? `${label}: ${text}` : text);
  const measured = curves.filter(({ points }) => points.readings > 0);
  const shared = (of) => new Set(measured.map((curve) => of(curve))).size === 1;
  for (const curve of measured) {
    const { points, label, run, isEpoch } = curve;
    const spaced = isEpoch ? '' : spacing(points);
    if (spaced) add(spaced, shared((one) => (one.isEpoch ? '' : spacing(one.points))) || shared((one) => spacing(one.points)) ? '' : label);
    const late = run ? ending(points, run.view, isEpoch) : '';
    if (late) add(late, shared((one) => ending(one.points, one.run.view, one.isEpoch)) ? '' : label);
    const count = points.gaps.reduce((sum, gap) => sum + gap.count, 0);
    if (count > 0) add(`${count.toLocaleString('en')} of ${points.readings.toLocaleString('en')} readings are not finite, the first at step ${points.gaps[0].step.toLocaleString('en')}`, label);
  }
  const list = [...said];
  return list.length > 6 ? [...list.slice(0, 5), `and ${list.length - 5} more curves with remarks of their own`] : list;
}

function spacing({ distances, readings }) {
  if (!distances || distances[2] <= 1) return '';
  const [least, , most] = distances;
  const apart = least === most ? `every ${least.toLocaleString('en')} steps` : `${least.toLocaleString('en')} to ${most.toLocaleString('en')} steps apart`;
  return `${readings.toLocaleString('en')} readings, ${apart}`;
}

function ending({ last, distances, step }, view, isEpoch) {
  const missing = view.lastStep - last;
  const lately = step.length > 1 ? step.at(-1) - step.at(-2) : 0;
  const usual = distances ? 1.1 * Math.min(lately, 5 * distances[1]) : 0;
  if (isEpoch || missing <= Math.max(usual, view.lastStep / 20)) return '';
  const why = view.status === 'running' ? '' : view.metadata.budget && view.metadata.budget !== 'none' ? '; the inspection\u2019s budget may have stretched its schedule' : '';
  return `last measured at step ${last.toLocaleString('en')} of ${view.lastStep.toLocaleString('en')}${why}`;
}
