import { LitElement, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { getResult } from '../api/client.js';
import { Problem } from '../api/problem.js';
import { isSettled, type Job, type Result } from '../api/types.js';
import { artifactOf, inputOf, isWide } from '../results.js';
import type { Darkroom } from '../state/darkroom.js';
import { Watch } from '../state/observable.js';
import { controls } from '../styles/controls.js';
import { adviceFor, adviceForJob, bytes, curlFor, grouped, localTime, sentence } from '../words.js';
import './copy-button.js';
import './file-list.js';
import { detailsStyle } from './job-details.style.js';
import { MeshView } from './mesh-view.js';
import './result-reading.js';
import './result-stage.js';
import './state-mark.js';
import './timeline-chart.js';

const POLL_MS = 1500;
const LARGE_RESULT_BYTES = 8_000_000; // a larger one is not read into the page

/** Everything about the job that the address names, in a dialog. Closing it goes back to the address of the list. */
@customElement('dr-details')
export class JobDetails extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  @state() private problem?: Problem;
  @state() private highlighted?: number;
  /** The result that stands in a file of its own, of the job that is shown. */
  @state() private large?: Result;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  readonly watch = new Watch(this, () => [this.darkroom.jobs, this.darkroom.router]);
  private shown?: string;
  private asked?: string; // the job whose large result was asked for
  private timer = 0;

  override render() {
    const { router, jobs, rolls } = this.darkroom;
    const id = router.route.job;
    const job = id ? jobs.get(id) : undefined;
    const name = job?.input.file_name || 'Job';
    return html`<dialog aria-labelledby="title" @close=${this.close} @click=${this.onClick} @keydown=${this.onKey}>
      <div class="head">
        <h2 id="title" title=${name}>${name}</h2>
        <button class="quiet" type="button" ?disabled=${!this.neighbour(-1)} @click=${() => this.step(-1)}>Previous</button>
        <button class="quiet" type="button" ?disabled=${!this.neighbour(1)} @click=${() => this.step(1)}>Next</button>
        <button class="quiet close" type="button" aria-label="Close" @click=${() => this.dialog.close()}>✕</button>
      </div>
      ${this.problem
        ? html`<p class="note" role="alert"><strong>${sentence(this.problem.message)}</strong> ${adviceFor(this.problem)}</p>`
        : nothing}
      ${job ? this.renderJob(job, rolls.pictureOf(job.id)?.url ?? inputOf(job)) : nothing}
      ${!job && !this.problem ? html`<p class="note muted">Loading</p>` : nothing}
    </dialog>`;
  }

  private renderJob(job: Job, source: string | undefined) {
    const result = job.result ?? this.large;
    const highlight = (event: CustomEvent<number | undefined>) => (this.highlighted = event.detail);
    return html`
      <div class="columns ${isWide(job, result) ? 'wide' : ''}">
        <dr-stage .job=${job} .result=${result} .source=${source} .highlighted=${this.highlighted} @highlight=${highlight}></dr-stage>
        <div class="facts">
          <section aria-label="Result">
            <div aria-live="polite"><dr-state state=${job.state}></dr-state>${this.renderPosition(job)}</div>
            ${job.error || adviceForJob(job)
              ? html`<p class="reason">${job.error ? sentence(job.error.message) : ''} <span class="muted">${adviceForJob(job)}</span></p>`
              : nothing}
            ${result
              ? html`<dr-reading .job=${job} .result=${result} .highlighted=${this.highlighted} @highlight=${highlight}></dr-reading>`
              : nothing}
            ${this.renderLargeResult(job)}
            ${job.artifacts.length > 0 ? html`<h3>Files</h3><dr-files .files=${job.artifacts}></dr-files>` : nothing}
          </section>
          <section aria-label="Job">
            <h3>Timeline</h3>
            <dr-timeline .timeline=${job.timeline}></dr-timeline>
            <h3>Facts</h3>
            ${this.renderFacts(job)}
          </section>
        </div>
      </div>
      ${this.renderActions(job)}
    `;
  }

  private renderLargeResult(job: Job) {
    const file = artifactOf(job, 'result.json');
    if (job.state !== 'succeeded' || job.result || !file) return nothing;
    return html`<p>The result is a file of its own: <a href=${file.href} target="_blank">result.json</a>, ${bytes(file.size)}</p>`;
  }

  private renderPosition(job: Job) {
    if (!job.queue_position || job.state !== 'queued') return nothing;
    const position = grouped(job.queue_position);
    return html`<span class="muted"> · ${job.queue_position_at_least ? 'at least ' : ''}number ${position} in the queue of its model</span>`;
  }

  private renderFacts(job: Job) {
    const { input, model } = job;
    const size = input.width > 0 ? `${input.width} × ${input.height}, ` : '';
    const fact = (name: string, value: unknown) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing);
    return html`<dl>
      ${fact('Picture', `${size}${input.content_type}, ${bytes(input.size)}`)}
      ${fact('Model', `${model.name} ${model.version}`)}
      ${fact('Package', model.digest && html`<code title=${model.digest}>${model.digest.replace(/^sha256:/, '').slice(0, 12)}</code>`)}
      ${fact('Received', job.timeline.received && localTime(job.timeline.received))}
      ${fact('Attempt', job.attempt)} ${fact('Worker', job.worker)}
      ${fact('Priority', job.priority === 'normal' ? '' : job.priority)}
      ${fact('Deadline', job.deadline && localTime(job.deadline))}
      ${fact('Metadata', job.metadata && html`<code>${JSON.stringify(job.metadata)}</code>`)}
      ${fact('Job', html`<code>${job.id}</code>`)}
      ${fact('Batch', html`<a href=${this.darkroom.router.hrefOf({ job: undefined, filter: { batch: job.batch } })}>
        Show all of it</a>`)}
    </dl>`;
  }

  private renderActions(job: Job) {
    return html`<div class="actions">
      <span class="muted" aria-hidden="true">Copy</span>
      <dr-copy text=${location.href}><span class="for-readers">Copy </span>Link</dr-copy>
      <dr-copy text=${JSON.stringify(job, null, 2)}><span class="for-readers">Copy </span>JSON</dr-copy>
      <dr-copy text=${curlFor(job)}><span class="for-readers">Copy </span>curl</dr-copy>
      ${isSettled(job)
        ? nothing
        : html`<button class="danger" type="button" @click=${() => this.cancel(job)}>Cancel job</button>`}
    </div>`;
  }

  override updated(): void {
    const id = this.darkroom.router.route.job;
    if (id !== this.shown) {
      this.shown = id;
      this.problem = undefined;
      this.highlighted = undefined;
      this.large = undefined;
      this.asked = undefined;
      if (id) void this.load();
    }
    if (id) void this.loadLargeResult(id);
    if (id && !this.dialog.open) this.dialog.showModal();
    if (!id && this.dialog.open) this.dialog.close();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  // Asked for again until it is settled: the list is told of states by events, but not of the place in the queue.
  private async load(): Promise<void> {
    clearTimeout(this.timer);
    const id = this.shown;
    if (!id) return;
    let job = this.darkroom.jobs.get(id);
    if (!job || !isSettled(job)) {
      try {
        job = await this.darkroom.jobs.fetch(id);
        this.problem = undefined;
      } catch (error) {
        if (this.shown === id) this.problem = error as Problem;
        if (!(error as Problem).passes) return;
      }
    }
    if (this.shown !== id || (job && isSettled(job))) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), POLL_MS);
  }

  private async loadLargeResult(id: string): Promise<void> {
    const job = this.darkroom.jobs.get(id);
    const file = job?.state === 'succeeded' && !job.result ? artifactOf(job, 'result.json') : undefined;
    if (!file || file.size > LARGE_RESULT_BYTES || this.asked === id) return;
    this.asked = id;
    try {
      const result = await getResult(file.href);
      if (this.shown === id) this.large = result;
    } catch {
      // The file is linked to.
    }
  }

  private async cancel(job: Job): Promise<void> {
    try {
      await this.darkroom.jobs.cancel(job.id);
    } catch (error) {
      this.problem = error as Problem;
    }
  }

  private close(): void {
    if (this.darkroom.router.route.job) this.darkroom.router.go({ job: undefined });
  }

  private onClick(event: MouseEvent): void {
    if (event.target === this.dialog) this.dialog.close(); // beside it
  }

  private onKey(event: KeyboardEvent): void {
    // A slider and a mesh have use for these keys themselves.
    if (event.composedPath().some((node) => node instanceof HTMLInputElement || node instanceof MeshView)) return;
    if (event.key === 'ArrowLeft') this.step(-1);
    if (event.key === 'ArrowRight') this.step(1);
  }

  private neighbour(distance: number): Job | undefined {
    const list = this.darkroom.jobs.list();
    const place = list.findIndex((job) => job.id === this.darkroom.router.route.job);
    return place < 0 ? undefined : list[place + distance];
  }

  private step(distance: number): void {
    const job = this.neighbour(distance);
    if (job) location.replace(this.darkroom.router.hrefOf({ job: job.id })); // back leads to the list
  }

  static override styles = [controls, detailsStyle];
}
