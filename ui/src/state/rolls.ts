import { Problem } from '../api/problem.js';
import { randomKey, startUpload, type Upload } from '../api/upload.js';
import type { Submission } from '../api/types.js';
import { Observable } from './observable.js';
import type { Jobs } from './jobs.js';

const MAX_TRIES = 6;
const FIRST_PAUSE_S = 1;

/** A picture of this browser, before and after it became a job. */
export class Picture {
  private made?: string;

  constructor(
    readonly key: string,
    readonly file: File,
  ) {}

  /** Made when it is asked for: of a thousand pictures few are ever seen, and each takes half a millisecond. */
  get url(): string {
    return (this.made ??= URL.createObjectURL(this.file));
  }

  release(): void {
    if (this.made) URL.revokeObjectURL(this.made);
    this.made = undefined;
  }
}

/** uploading → (waiting → uploading)* → handed-in | refused. A roll that is handed in is done when its jobs are. */
export type RollPhase = 'uploading' | 'waiting' | 'handed-in' | 'refused';

/** The pictures of one drop: one request, one batch. */
export class Roll {
  readonly key = randomKey();
  readonly pictures: readonly Picture[];
  phase: RollPhase = 'uploading';
  sent = 0; // bytes of the request
  size = 0; // bytes of the request; 0: not known yet
  tries = 0;
  retryAt = 0; // ms; while waiting
  problem?: Problem;
  batch?: string;
  jobs: string[] = [];
  upload?: Upload;
  timer = 0;

  constructor(
    files: readonly File[],
    readonly model: string,
  ) {
    this.pictures = files.map((file, index) => new Picture(`${this.key}/${index}`, file));
  }

  get pending(): boolean {
    return this.phase === 'uploading' || this.phase === 'waiting';
  }

  /** How much of the upload is done, 0 to 1. */
  get fraction(): number {
    return this.size === 0 ? 0 : this.sent / this.size;
  }
}

export interface Tally {
  total: number;
  settled: number;
  succeeded: number;
  running: number;
  unsuccessful: number; // failed, cancelled or expired
}

/** What was handed in from this page since it was opened. */
export class Rolls extends Observable {
  rolls: Roll[] = []; // newest first
  private readonly pictures = new Map<string, Picture>(); // by id of the job

  /** `maxPictures` says how many pictures the service takes in one request. */
  constructor(
    private readonly jobs: Jobs,
    private readonly maxPictures: () => number,
    private readonly onHandedIn: (batch: string) => void,
  ) {
    super();
  }

  pictureOf(job: string): Picture | undefined {
    return this.pictures.get(job);
  }

  /** Takes the place of what was handed in before and is done. */
  handIn(files: readonly File[], model: string): void {
    this.rolls = this.rolls.filter((roll) => !this.isDone(roll));
    const most = this.maxPictures();
    for (let begin = 0; begin < files.length; begin += most) {
      const roll = new Roll(files.slice(begin, begin + most), model);
      this.rolls = [roll, ...this.rolls];
      void this.send(roll);
    }
    this.changed();
  }

  isDone(roll: Roll): boolean {
    return roll.phase === 'handed-in' && this.tally(roll).settled === roll.pictures.length;
  }

  retry(roll: Roll): void {
    clearTimeout(roll.timer);
    roll.tries = 0;
    void this.send(roll);
  }

  dismiss(roll: Roll): void {
    clearTimeout(roll.timer);
    roll.upload?.abort();
    this.rolls = this.rolls.filter((other) => other !== roll);
    if (roll.phase !== 'handed-in') for (const picture of roll.pictures) picture.release();
    this.changed();
  }

  tally(roll: Roll): Tally {
    const tally = { total: roll.pictures.length, settled: 0, succeeded: 0, running: 0, unsuccessful: 0 };
    for (const id of roll.jobs) {
      const job = this.jobs.get(id);
      if (!job || job.state === 'queued') continue;
      if (job.state === 'running') tally.running++;
      else if (job.state === 'succeeded') tally.succeeded++;
      else tally.unsuccessful++;
    }
    tally.settled = tally.succeeded + tally.unsuccessful;
    return tally;
  }

  private async send(roll: Roll): Promise<void> {
    Object.assign(roll, { phase: 'uploading', sent: 0, problem: undefined, tries: roll.tries + 1 });
    this.changed();
    const files = roll.pictures.map((picture) => picture.file);
    roll.upload = startUpload({ files, model: roll.model, key: roll.key }, (sent, size) => {
      Object.assign(roll, { sent, size });
      this.changed();
    });
    try {
      this.accept(roll, await roll.upload.answer);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.refuse(roll, error);
    }
    this.changed();
  }

  private accept(roll: Roll, { batch, jobs }: Submission): void {
    roll.phase = 'handed-in';
    roll.batch = batch.id;
    roll.jobs = jobs.map((job) => job.id);
    for (const job of jobs) {
      const picture = roll.pictures[job.index];
      if (picture) this.pictures.set(job.id, picture);
      this.jobs.put(job);
    }
    this.onHandedIn(batch.id);
  }

  private refuse(roll: Roll, problem: Problem): void {
    roll.problem = problem;
    if (!problem.passes || roll.tries >= MAX_TRIES) {
      roll.phase = 'refused';
      return;
    }
    const seconds = problem.retryAfter ?? FIRST_PAUSE_S * 2 ** (roll.tries - 1);
    roll.phase = 'waiting';
    roll.retryAt = Date.now() + seconds * 1000;
    roll.timer = setTimeout(() => void this.send(roll), seconds * 1000);
  }
}
