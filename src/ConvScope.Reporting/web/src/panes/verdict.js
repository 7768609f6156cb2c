import { h, table } from '../dom.js';
import { duration, percent, short } from '../format.js';
import { Pane } from '../pane.js';
import { places } from '../math/axis.js';
import { Lines } from '../plots/lines.js';
import { category } from '../colours.js';

export const STATUS = {
  running: 'training', completed: 'completed', stopped: 'stopped', cancelled: 'cancelled', failed: 'failed', ended: 'ended', lost: 'ended without closing', newer: 'written by a newer version', damaged: 'damaged', deleted: 'deleted',
};

/** How the inspection looks at a network that is not known to keep and draw nothing. */
const CALLS = { guarded: 'what it holds and draws is put back after each', none: 'in the training\u2019s own calls' };

/** The run in one line of numbers, then what the diagnosis found, each finding with the readings that it rests on. */
export function verdictPane(page) {
  const opened = new Map();
  return new Pane('Verdict', async (body, pane) => {
    const run = page.focus;
    const { view } = run;
    const { metadata, findings } = view;
    const [batchLoss, trainLoss, trainAccuracy, validationAccuracy, trainError, validationError, validationShare, rate] = await Promise.all(
      ['loss', 'train loss', 'train accuracy', 'validation accuracy', 'train rmse', 'validation rmse', 'validation r squared', 'learning rate'].map((name) => run.read(name)));
    const fact = (name, series, text) => (series.readings > 0 ? [name, text(series.lastValue)] : null);
    const seconds = Number(metadata['training seconds'] ?? view.seconds);
    const inspection = Number(metadata['inspection seconds']);
    const facts = [
      ['status', STATUS[view.status] ?? view.status], metadata.reason ? ['because', metadata.reason] : null, metadata['parent checkpoint'] ? ['goes on from', `${metadata['parent checkpoint']} (step ${metadata['parent step']})`] : null,
      metadata['inspection failure'] ? ['the inspection ended', metadata['inspection failure']] : null, metadata['snapshot cuts'] ? ['snapshots', metadata['snapshot cuts']] : null,
      metadata['left out'] ? ['left out of the inspection', leftOut(metadata['left out'])] : null, CALLS[metadata['network calls']] ? ['looks at the network', CALLS[metadata['network calls']]] : null, trainLoss.readings > 0 || view.metadata['train count'] ? ['epochs', String(trainLoss.readings)] : null, ['steps made', view.lastStep < 0 ? '–' : (view.lastStep + 1).toLocaleString('en')], batchLoss.readings > 0 && view.status === 'running' ? ['batch loss', `${short(batchLoss.lastValue)} (step ${batchLoss.last.toLocaleString('en')})`] : null,
      view.testAccuracy === null || view.testAccuracy === undefined ? null : ['test accuracy', percent(view.testAccuracy)],
      fact('training loss', trainLoss, short), fact('training accuracy', trainAccuracy, percent),
      fact('validation accuracy', validationAccuracy, (value) => accuracyText(value, Number(metadata['validation count']))),
      fact('training error (RMSE)', trainError, short), fact('validation error (RMSE)', validationError, short), fact('validation R²', validationShare, (value) => value.toFixed(3)),
      constant(rate) ? ['learning rate', `${short(rate.lastValue)}, constant`] : null, ['duration', duration(seconds)], inspection >= 0 ? ['of that inspection', `${duration(inspection)} (${percent(inspection / seconds)})`] : null,
    ].filter(Boolean);
    body.replaceChildren(
      h('p', { class: `verdict ${judge(view)}`, role: 'status' }, sentence(view)), progressOf(view) ?? '',
      h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
      h('ol', { class: 'findings' }, findings.map((finding, index) => findingItem(page, run, finding, index, opened))));
    pane.offer({ rows: () => [['severity', 'rule', 'target', 'first step', 'message', 'advice'], ...findings.map((one) => [one.severity, one.rule, one.target, one.firstStep, one.message, one.advice])] });
  }, { wide: true });
}

/** Parts of the inspection that failed, in words. */
function leftOut(text) {
  try {
    return JSON.parse(text).map((part) => `${part.part} (step ${part.step}): ${part.reason}`).join('; ');
  } catch {
    return text;
  }
}

const constant = (rate) => rate.readings > 0 && new Set(rate.value).size === 1;

/** The colour of a verdict: that of the worst finding, and never green for a run that did not end well. */
const UNWELL = { failed: 'failure', lost: 'warning', cancelled: 'warning', deleted: 'warning', stopped: 'information' };

export function judge({ status, findings }) {
  const found = (findings[0]?.severity ?? 'none').toLowerCase();
  const rank = ['none', 'information', 'warning', 'failure'];
  return rank[Math.max(rank.indexOf(found), rank.indexOf(UNWELL[status] ?? 'none'))];
}

/** How far a training is that goes on: steps, epochs, and the time that is left if it goes on as fast. */
function progressOf(view) {
  const total = Number(view.metadata['steps per epoch']) * epochsOf(view);
  if (view.status !== 'running' || !(total > 0)) return null;
  const made = view.lastStep + 1;
  const began = Number(view.metadata['parent step'] ?? 0);
  const left = (view.seconds / Math.max(1, made - began)) * (total - made);
  const epoch = Math.min(epochsOf(view), Math.floor(made / Number(view.metadata['steps per epoch'])) + 1);
  return h('p', { class: 'progress' }, h('progress', { max: String(total), value: String(made), 'aria-label': 'Steps of the training' }),
    `step ${made.toLocaleString('en')} of ${total.toLocaleString('en')}, epoch ${epoch} of ${epochsOf(view)}${made > began && left >= 0 ? `, about ${duration(left)} left` : ''}`);
}

function epochsOf(view) {
  try {
    return Number(JSON.parse(view.metadata.options).epochs) || 0;
  } catch {
    return 0;
  }
}

function sentence(view) {
  const count = (severity) => view.findings.filter((finding) => finding.severity === severity).length;
  const [failures, warnings, notes] = [count('Failure'), count('Warning'), count('Information')];
  const judged = failures + warnings === 0 ? 'Nothing looks wrong' : [failures > 0 ? `${failures} failure${failures > 1 ? 's' : ''}` : '', warnings > 0 ? `${warnings} warning${warnings > 1 ? 's' : ''}` : ''].filter(Boolean).join(', ');
  const reason = view.metadata.reason ? `: ${view.metadata.reason.replace(/\.$/, '')}` : '';
  const ending = {
    lost: 'The run ended without closing: its process is gone; all that it recorded is here. ', failed: `The training failed${reason}. `, cancelled: `The training was cancelled${reason}. `, stopped: `The training was stopped${reason}. `,
    deleted: 'The run\u2019s folder was deleted; what this page had read is still shown. ',
  }[view.status] ?? '';
  const until = failures + warnings > 0 ? '' : view.status === 'running' ? ' so far' : ending ? ' before that' : '';
  return `${ending}${judged}${until}${notes > 0 ? `; ${notes} note${notes > 1 ? 's' : ''}` : ''}.`;
}

/** A share of images with its 95 % interval after Wilson. */
function accuracyText(share, count) {
  if (!(count > 0)) return percent(share);
  const z = 1.96;
  const centre = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return `${percent(share)} (95 %: ${(100 * (centre - half)).toFixed(2)} to ${(100 * (centre + half)).toFixed(2)})`;
}

function findingItem(page, run, finding, index, opened) {
  const key = `${finding.rule}/${finding.target}`;
  const evidence = h('div', { class: 'evidence' });
  const details = h('details', { class: finding.severity.toLowerCase(), id: `finding-${index + 1}`, ontoggle: () => {
    opened.set(key, details.open);
    if (details.open) showEvidence(page, run, finding, evidence);
  } }, h('summary', {}, h('span', { class: 'badge' }, `⚑${index + 1} ${finding.severity.toLowerCase()}`), h('b', {}, ` ${finding.rule}${finding.target ? ` in ${finding.target}` : ''} `), `from step ${finding.firstStep.toLocaleString('en')}: ${finding.message}`),
  h('p', {}, finding.advice), evidence);
  if (opened.get(key)) details.open = true;
  return h('li', {}, details);
}

/** The series that a finding rests on, with the readings it names. */
async function showEvidence(page, run, finding, container) {
  const names = [...new Map(finding.evidence.map((one) => [`${one.quantity}/${one.target}`, one])).values()];
  const curves = (await run.series(names.map((one) => run.indexOf(one.quantity, one.target)))).map((points, at) => ({ label: `${names[at].quantity} ${names[at].target}`.trim(), colour: category(at), run, points: { ...points, x: places(run.view.clock, points.step, page.state.x) } }));
  const numbers = table('Readings that the finding rests on', ['quantity', 'target', 'step', 'value'], finding.evidence.map((one) => [one.quantity, one.target, one.step, short(Number(one.value))]));
  if (!curves.some((curve) => curve.points.step.length > 1)) return container.replaceChildren(numbers);
  const lines = new Lines(`Evidence of ${finding.rule}`);
  container.replaceChildren(lines.element, numbers);
  lines.draw({ curves, x: page.state.x, isLog: false, unit: '', range: page.range(), flags: page.flags(run), at: null });
  return undefined;
}
