import { LitElement, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Problem } from '../api/problem.js';
import { isInputKept, isSettled, type Job } from '../api/types.js';
import type { Darkroom } from '../state/darkroom.js';
import { Watch } from '../state/observable.js';
import { controls } from '../styles/controls.js';
import { adviceFor, adviceForJob, bytes, curlFor, grouped, localTime, sentence } from '../words.js';
import { hideBroken, showAgain } from './broken-image.js';
import './copy-button.js';
import { detailsStyle } from './job-details.style.js';
import './label-bars.js';
import './state-mark.js';
import './timeline-chart.js';

const POLL_MS = 1500;

/** Everything about the job that the address names, in a dialog. Closing it goes back to the address of the list. */
@customElement('dr-details')
export class JobDetails extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  @state() private problem?: Problem;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  readonly watch = new Watch(this, () => [this.darkroom.jobs, this.darkroom.router]);
  private shown?: string;
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
      ${job ? this.renderJob(job, rolls.pictureOf(job.id)?.url ?? (isInputKept(job) ? job.links.input : undefined)) : nothing}
      ${!job && !this.problem ? html`<p class="note muted">Loading</p>` : nothing}
    </dialog>`;
  }

  private renderJob(job: Job, source: string | undefined) {
    const labels = job.result?.labels ?? [];
    return html`
      <div class="columns">
        ${source
          ? html`<a class="picture" href=${source} target="_blank">
              <img src=${source} alt="The picture of this job, opens by itself" @error=${hideBroken} @load=${showAgain} />
            </a>`
          : html`<div class="picture muted">The picture was not kept.</div>`}
        <div class="facts">
          <div aria-live="polite"><dr-state state=${job.state}></dr-state>${this.renderPosition(job)}</div>
          ${job.error || adviceForJob(job)
            ? html`<p class="reason">${job.error ? sentence(job.error.message) : ''} <span class="muted">${adviceForJob(job)}</span></p>`
            : nothing}
          ${labels.length > 0 ? html`<dr-label-bars .labels=${labels}></dr-label-bars>` : nothing}
          ${this.renderLargeResult(job)}
          ${job.result && labels.length === 0 ? html`<pre>${JSON.stringify(job.result, null, 2)}</pre>` : nothing}
          <h3>Timeline</h3>
          <dr-timeline .timeline=${job.timeline}></dr-timeline>
          <h3>Facts</h3>
          ${this.renderFacts(job)}
        </div>
      </div>
      ${this.renderActions(job)}
    `;
  }

  private renderLargeResult(job: Job) {
    const file = job.artifacts.find(({ name }) => name === 'result.json');
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
      ${fact(
        'Files',
        job.artifacts.length > 0 &&
          job.artifacts.map((file) => html`<a href=${file.href} target="_blank">${file.name}</a> (${bytes(file.size)}) `),
      )}
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
      if (id) void this.load();
    }
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
