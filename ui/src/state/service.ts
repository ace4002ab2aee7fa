import { getModels, getStatus } from '../api/client.js';
import type { Model, ModelList, ServiceStatus } from '../api/types.js';
import { Observable } from './observable.js';

const POLL_MS = 4000;
const POLL_WHEN_LOST_MS = 2000;

/** What the service says of itself, asked every few seconds while the page is looked at. */
export class Service extends Observable {
  status?: ServiceStatus;
  models: Model[] = [];
  modelErrors: ModelList['errors'] = [];
  reachable = true;
  private timer = 0;
  private jobCounts = '';

  /** `onJobsChanged` is called when the number of jobs in some state is another than at the last look. */
  constructor(private readonly onJobsChanged: () => void) {
    super();
    document.addEventListener('visibilitychange', () => this.look());
  }

  start(): void {
    void this.look();
  }

  /** The model that a submission without a choice goes to. */
  get defaultModel(): Model | undefined {
    return this.models.find((model) => model.default) ?? this.models[0];
  }

  private async look(): Promise<void> {
    clearTimeout(this.timer);
    if (document.hidden) return;
    const wasReachable = this.reachable;
    try {
      this.status = await getStatus();
      this.reachable = true;
      if (!wasReachable || this.models.length === 0) await this.loadModels();
    } catch {
      this.reachable = false;
    }
    this.changed();
    this.tellChangedJobs();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), this.reachable ? POLL_MS : POLL_WHEN_LOST_MS);
  }

  private async loadModels(): Promise<void> {
    const list = await getModels();
    this.models = list.models;
    this.modelErrors = list.errors;
  }

  private tellChangedJobs(): void {
    const counts = JSON.stringify(this.status?.jobs ?? {});
    if (!this.reachable || counts === this.jobCounts) return;
    const first = this.jobCounts === '';
    this.jobCounts = counts;
    if (!first) this.onJobsChanged();
  }
}
