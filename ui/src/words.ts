import type { Problem } from './api/problem.js';
import type { Job, JobState, QuarantinedModel, Transform } from './api/types.js';

/** What people read: names of states, times, sizes, and what to do about a failure. */

export const STATE_WORDS: Record<JobState, string> = {
  queued: 'Queued',
  running: 'Running',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

export function grouped(number: number): string {
  return number.toLocaleString('en');
}

export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

export function percent(fraction: number): string {
  const value = fraction * 100;
  return `${value.toFixed(value > 0 && value < 99.95 ? 1 : 0)}%`;
}

/** A score as what it is taken for: a likelihood, unless the network answers with other numbers. */
export function score(value: number): string {
  return value >= 0 && value <= 1 ? percent(value) : decimal(value);
}

/** Four digits that count, however large or small: 0.04213, 17.25, 8,192. */
export function decimal(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return value.toExponential(2);
  return value.toLocaleString('en', { maximumSignificantDigits: size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 4 });
}

export function shape(sides: readonly number[]): string {
  return sides.length > 0 ? sides.join(' × ') : 'one number';
}

export function bytes(size: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let power = 0;
  while (size >= 1000 && power < units.length - 1) {
    size /= 1000;
    power++;
  }
  return `${power === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[power]}`;
}

export function duration(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds} µs`;
  if (microseconds < 10_000) return `${(microseconds / 1000).toFixed(1)} ms`;
  if (microseconds < 1_000_000) return `${Math.round(microseconds / 1000)} ms`;
  const seconds = microseconds / 1_000_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Microseconds since 1970 of an RFC 3339 time in UTC; Date alone would drop what is below a millisecond. */
export function microseconds(time: string): number {
  const [, whole, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? [];
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

export function localTime(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** The service's words end as they may; more words follow here. */
export function sentence(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}

export function quarantine(model: QuarantinedModel): string {
  return `Not run since ${localTime(model.since)}: ${sentence(model.reason)} It takes pictures again when its package changes or the service is started anew.`;
}

export function adviceFor(problem: Problem): string {
  if (problem.status === 0) return 'Check that the service runs and that this device has a connection to it.';
  if (problem.code === 'unknown_model' || problem.code === 'model_quarantined') return 'Choose another model.';
  if (problem.code === 'too_many_pixels') return 'Scale the picture down.';
  switch (problem.status) {
    case 408:
      return 'The connection is slow or broke off: try again.';
    case 404:
      return 'It may be past the time that the service keeps jobs.';
    case 413:
      return 'Hand in fewer pictures at once, or smaller ones.';
    case 415:
    case 422:
      return 'Hand in whole JPEG, PNG or WebP pictures; saving the picture again in an image program often helps.';
    case 429:
    case 503:
      return 'The service is busy: try again in a while.';
    default:
      return problem.status >= 500 ? 'Try again; the log of the service says more.' : '';
  }
}

const JOB_ADVICE: Record<string, string> = {
  bad_image: 'Hand in a whole JPEG, PNG or WebP picture; saving it again in an image program often helps.',
  too_large: 'Hand in a smaller file: scaled down, or saved as JPEG.',
  no_model: 'The model is no longer installed. Choose another one.',
  model_error: 'Try another model.',
  input_gone: 'The picture was removed before its job ran. Hand it in again.',
  killed_worker: 'The model crashes on this picture. Save the picture again in an image program, or try another model.',
  model_quarantined: 'The model crashes and is not run any more. Choose another one, or another version of it.',
  gave_up: 'Hand the picture in again. If it fails again, the log of the service says more.',
};

export function adviceForJob(job: Job): string {
  if (job.state === 'expired') return 'Its deadline passed. Hand it in again, with more time.';
  if (job.state !== 'failed') return '';
  return JOB_ADVICE[job.error?.code ?? ''] ?? 'Hand the picture in again. If it fails again, the log of the service says more.';
}

/** The shell command that hands the same picture in. */
export function curlFor(job: Job): string {
  const type = job.input.content_type.startsWith('image/') ? `;type=${job.input.content_type}` : '';
  const file = quoted(`file=@"${job.input.file_name.replaceAll(/["\\]/g, '\\$&')}"${type}`);
  const fields = [`model=${job.model.name}`];
  if (job.transforms) fields.push(`transforms=${JSON.stringify(job.transforms)}`);
  if (job.seed !== undefined) fields.push(`seed=${job.seed}`);
  return `curl -H 'Prefer: wait=30' ${fields.map((field) => `-F ${quoted(field)}`).join(' ')} -F ${file} ${location.origin}/v1/jobs`;
}

/** `crop: width 50, height 70, x 67, y 19` */
export function transformWords({ op, ...numbers }: Transform): string {
  const said = Object.entries(numbers).filter(([key]) => key !== 'p');
  const words = said.map(([key, value]) => `${key.replaceAll('_', ' ')} ${Array.isArray(value) ? value.join(' ') : String(value)}`);
  return words.length > 0 ? `${op}: ${words.join(', ')}` : op;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
