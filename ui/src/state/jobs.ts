import { cancelJob, getJob, getJobs } from '../api/client.js';
import { Problem } from '../api/problem.js';
import { isSettled, type Job } from '../api/types.js';
import { Observable } from './observable.js';
import type { Filter } from './route.js';

export const PAGE_SIZE = 48;

/**
 * The jobs that the page knows, and the list of those that pass the filter: newest first, or in the order of a batch.
 * The list is complete down to its frontier, the last job of the last page that was loaded.
 */
export class Jobs extends Observable {
  filter: Filter = {};
  loading = false;
  problem?: Problem;
  private readonly known = new Map<string, Job>();
  private cursor: string | null = null;
  private frontier?: Job;
  private head?: Job; // of the page that was loaded last: between it and the frontier nothing is missing
  private sorted?: Job[];
  private generation = 0;

  get(id: string): Job | undefined {
    return this.known.get(id);
  }

  get hasOlder(): boolean {
    return this.cursor !== null;
  }

  list(): Job[] {
    this.sorted ??= [...this.known.values()].filter((job) => this.belongs(job)).sort((a, b) => this.order(a, b));
    return this.sorted;
  }

  /** Takes in news of a job. Answers may overtake events: a state never goes back. */
  put(job: Job): void {
    const before = this.known.get(job.id);
    if (before && rank(before) > rank(job)) return;
    this.known.set(job.id, job);
    this.sorted = undefined;
    this.changed();
  }

  async setFilter(filter: Filter): Promise<void> {
    this.filter = filter;
    this.sorted = undefined;
    this.generation++;
    this.loading = false;
    await this.load(undefined);
  }

  async loadOlder(): Promise<void> {
    if (this.cursor !== null) await this.load(this.cursor);
  }

  /** Fetches the newest page again; the list begins anew when so much came in that a gap would be left. */
  async refresh(): Promise<void> {
    const generation = this.generation;
    try {
      const page = await getJobs({ ...this.filter, limit: PAGE_SIZE });
      if (generation !== this.generation) return;
      const last = page.jobs.at(-1);
      const gap = page.next_cursor !== null && last && (!this.head || this.order(last, this.head) < 0);
      if (gap || this.problem) this.setFrontier(page.jobs, page.next_cursor);
      this.head = page.jobs[0];
      this.problem = undefined;
      for (const job of page.jobs) this.put(job);
    } catch {
      // Whether the service can be reached is told by Service; the list stays as it was.
    }
  }

  async fetch(id: string): Promise<Job> {
    const job = await getJob(id);
    this.put(job);
    return job;
  }

  async cancel(id: string): Promise<void> {
    try {
      this.put(await cancelJob(id));
    } catch (error) {
      if ((error as Problem).status !== 409) throw error;
      await this.fetch(id); // it was settled in the meantime
    }
  }

  private async load(cursor: string | undefined): Promise<void> {
    if (this.loading) return;
    const generation = this.generation;
    this.loading = true;
    this.changed();
    try {
      const page = await getJobs({ ...this.filter, limit: PAGE_SIZE, cursor });
      if (generation !== this.generation) return;
      this.problem = undefined;
      this.setFrontier(page.jobs, page.next_cursor);
      if (cursor === undefined) this.head = page.jobs[0];
      for (const job of page.jobs) this.put(job);
    } catch (error) {
      if (generation !== this.generation) return;
      this.problem = error as Problem;
    }
    this.loading = false;
    this.changed();
  }

  private setFrontier(page: Job[], cursor: string | null): void {
    this.cursor = cursor;
    this.frontier = cursor === null ? undefined : page.at(-1);
    this.sorted = undefined;
  }

  private belongs(job: Job): boolean {
    const { state, model, batch } = this.filter;
    return (
      (!state || job.state === state) &&
      (!model || job.model.name === model) &&
      (!batch || job.batch === batch) &&
      (!this.frontier || this.order(job, this.frontier) <= 0)
    );
  }

  // Ids are UUIDv7: they sort by the time they were made.
  private order(a: Job, b: Job): number {
    if (this.filter.batch) return a.index - b.index;
    return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
  }
}

function rank(job: Job): number {
  return isSettled(job) ? 2 : job.state === 'running' ? 1 : 0;
}
