import { getModels, getStatus } from '../api/client.js';
import type { Problem } from '../api/problem.js';
import type { Model, ModelList, QuarantinedModel, ServiceStatus } from '../api/types.js';
import { Observable } from './observable.js';

const POLL_MS = 4000;
const POLL_AFTER_PROBLEM_MS = 2000;

/** What the service says of itself, asked every few seconds while the page is looked at. */
export class Service extends Observable {
  status?: ServiceStatus;
  models: Model[] = [];
  modelErrors: ModelList['errors'] = [];
  /** Why there was no status at the last look. */
  problem?: Problem;
  private timer = 0;
  private jobCounts = '';

  /** `onJobsChanged` is called at the first look, and when some state has another number of jobs than at the last. */
  constructor(private readonly onJobsChanged: () => void) {
    super();
    document.addEventListener('visibilitychange', () => this.look());
  }

  start(): void {
    void this.look();
  }

  /** Of one request; until the service has told, what it takes by default. */
  get maxPictures(): number {
    return this.status?.limits.files ?? 1000;
  }

  /** The model that a submission without a choice goes to. */
  get defaultModel(): Model | undefined {
    return this.models.find((model) => model.default) ?? this.models[0];
  }

  quarantineOf(model: Model): QuarantinedModel | undefined {
    return this.status?.quarantine.find((other) => other.model === model.name && other.version === model.version);
  }

  private async look(): Promise<void> {
    clearTimeout(this.timer);
    if (document.hidden) return;
    try {
      this.status = await getStatus();
      if (this.problem || this.models.length === 0) await this.loadModels();
      this.problem = undefined;
    } catch (error) {
      this.problem = error as Problem;
    }
    this.changed();
    this.tellChangedJobs();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), this.problem ? POLL_AFTER_PROBLEM_MS : POLL_MS);
  }

  private async loadModels(): Promise<void> {
    const list = await getModels();
    this.models = list.models;
    this.modelErrors = list.errors;
  }

  private tellChangedJobs(): void {
    const counts = JSON.stringify(this.status?.jobs ?? {});
    if (this.problem || counts === this.jobCounts) return;
    this.jobCounts = counts;
    this.onJobsChanged();
  }
}
