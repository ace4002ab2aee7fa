import { TIMELINE_STEPS, type Timeline } from './api/types.js';
import { microseconds } from './words.js';

/** A stretch of a job's way between two times that are known. Microseconds, from the beginning of the timeline. */
export interface Stretch {
  name: string;
  waiting: boolean; // nothing was done for the job meanwhile
  begin: number;
  end: number;
}

// What was done when the step's time was taken.
const NAMES: Record<(typeof TIMELINE_STEPS)[number], string> = {
  received: 'Received',
  queued: 'Accepted',
  started: 'Waited in the queue',
  fetched: 'Fetched',
  decoded: 'Waited for a core, decoded',
  inferred: 'Model ran',
  stored: 'Stored',
  settled: 'Settled',
};

/** Steps that a job never took are left out. Clocks of two machines may differ: no stretch is shorter than nothing. */
export function stretchesOf(timeline: Timeline): Stretch[] {
  const stretches: Stretch[] = [];
  let origin: number | undefined;
  let last = 0;
  for (const step of TIMELINE_STEPS) {
    const time = timeline[step];
    if (!time) continue;
    const at = microseconds(time);
    origin ??= at;
    const end = Math.max(last, at - origin);
    if (at !== origin || stretches.length > 0) {
      stretches.push({ name: NAMES[step], waiting: step === 'started', begin: last, end });
    }
    last = end;
  }
  return stretches;
}

/** From received to the last time that is known. */
export function wholeDuration(timeline: Timeline): number {
  return stretchesOf(timeline).at(-1)?.end ?? 0;
}
