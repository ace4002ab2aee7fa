import type { Job } from '../api/types.js';
import { Observable } from './observable.js';

// A browser opens six connections to one server for all tabs together, and an event stream holds one for as long as
// it is open. The batches handed in here go first; the others share what is left.
const OWN_STREAMS = 2;
const OTHER_STREAMS = 1;
const REOPEN_MS = 3000;

interface Following {
  batch: string;
  own: boolean;
  source?: EventSource;
}

/**
 * Follows batches by their event streams until all their jobs are settled. A stream that breaks is resumed by the
 * browser with Last-Event-ID. While the page is hidden all streams are closed; a new one begins with every job.
 */
export class Follower extends Observable {
  /** A stream is broken at the moment; what the page shows may be old. */
  broken = false;
  private readonly queue: Following[] = [];
  private readonly finished = new Set<string>();

  constructor(private readonly onJob: (job: Job) => void) {
    super();
    document.addEventListener('visibilitychange', () => (document.hidden ? this.closeAll() : this.open()));
  }

  follow(batch: string, own: boolean): void {
    if (this.finished.has(batch) || this.queue.some((following) => following.batch === batch)) return;
    this.queue.push({ batch, own });
    this.open();
  }

  private open(): void {
    if (document.hidden) return;
    for (const own of [true, false]) {
      const wanted = this.queue.filter((following) => following.own === own).slice(0, own ? OWN_STREAMS : OTHER_STREAMS);
      for (const following of wanted) if (!following.source) this.listen(following);
    }
  }

  private listen(following: Following): void {
    const source = new EventSource(`/v1/batches/${encodeURIComponent(following.batch)}/events`);
    following.source = source;
    source.onopen = () => this.setBroken(false);
    source.addEventListener('job', (event: MessageEvent<string>) => this.onJob(JSON.parse(event.data) as Job));
    source.addEventListener('done', () => this.finish(following));
    source.onerror = () => {
      this.setBroken(true);
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      following.source = undefined;
      setTimeout(() => this.open(), REOPEN_MS);
    };
  }

  private finish(following: Following): void {
    following.source?.close();
    this.finished.add(following.batch);
    this.queue.splice(this.queue.indexOf(following), 1);
    this.setBroken(false);
    this.open();
  }

  private closeAll(): void {
    for (const following of this.queue) {
      following.source?.close();
      following.source = undefined;
    }
  }

  private setBroken(broken: boolean): void {
    if (this.broken === broken) return;
    this.broken = broken;
    this.changed();
  }
}
