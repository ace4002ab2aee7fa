import { cancelBatch } from '../api/client.js';
import { isSettled } from '../api/types.js';
import { Announcer } from './announcer.js';
import { Follower } from './follower.js';
import { Jobs } from './jobs.js';
import { Rolls } from './rolls.js';
import { Router } from './route.js';
import { Service } from './service.js';

/** All state of the page, wired together. Made once by the app, handed to its components. */
export class Darkroom {
  readonly announcer = new Announcer();
  readonly router = new Router();
  readonly jobs = new Jobs();
  readonly follower = new Follower((job) => this.jobs.put(job));
  readonly service = new Service(() => this.jobs.refresh());
  readonly rolls = new Rolls(
    this.jobs,
    () => this.service.maxPictures,
    (batch) => this.follower.follow(batch, true),
  );

  start(): void {
    this.service.start();
    void this.jobs.setFilter(this.router.route.filter);
    this.router.watch(() => this.applyFilter());
    this.jobs.watch(() => this.followListed());
    addEventListener('beforeunload', (event) => {
      if (this.rolls.rolls.some((roll) => roll.pending)) event.preventDefault(); // the browser asks
    });
  }

  async cancel(id: string): Promise<void> {
    try {
      await this.jobs.cancel(id);
    } catch (error) {
      this.announcer.show(`Not cancelled: ${(error as Error).message}`);
    }
  }

  /** What is left of a batch. Its event stream tells of each job. */
  async cancelBatch(id: string): Promise<void> {
    try {
      await cancelBatch(id);
    } catch (error) {
      this.announcer.show(`Not cancelled: ${(error as Error).message}`);
    }
  }

  private applyFilter(): void {
    const { filter } = this.router.route;
    const { state, model, batch } = this.jobs.filter;
    if (filter.state === state && filter.model === model && filter.batch === batch) return;
    void this.jobs.setFilter(filter);
  }

  private followListed(): void {
    for (const job of this.jobs.list()) {
      if (!isSettled(job)) this.follower.follow(job.batch, false);
    }
  }
}
