import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { isSettled, type Job } from '../api/types.js';
import { drawnFor, fewLabels, inputOf, sizeOf, summaryOf, viewOf } from '../results.js';
import type { Darkroom } from '../state/darkroom.js';
import type { Picture, Roll } from '../state/rolls.js';
import { controls } from '../styles/controls.js';
import { wholeDuration } from '../timeline.js';
import { duration } from '../words.js';
import './box-layer.js';
import { hideBroken, showAgain } from './broken-image.js';
import './class-shares.js';
import './label-bars.js';
import './state-mark.js';
import './vector-strip.js';

const LABELS_SHOWN = 3;

/** One picture on the sheet: while it is uploaded, while its job is under way, and with its result. */
@customElement('dr-card')
export class JobCard extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  @property({ attribute: false }) job?: Job;
  /** The picture as this browser has it; without it the service's copy is shown. */
  @property({ attribute: false }) picture?: Picture;
  /** The roll of a picture that is not handed in yet. */
  @property({ attribute: false }) roll?: Roll;
  @property({ attribute: false }) href = '';

  override render() {
    const { job, picture } = this;
    const name = job?.input.file_name || picture?.file.name || 'Picture';
    const state = job?.state ?? 'uploading';
    const source = picture?.url ?? (job && inputOf(job));
    const face = html`
      <span class="frame">${this.renderFrame(source)}</span>
      <span class="text">${job ? this.renderJob(job) : this.renderUpload()}</span>
      <span class="foot muted">
        <span class="name" title=${name}>${name}</span>
        ${job?.state === 'succeeded'
          ? html`<span class="number">${duration(wholeDuration(job.timeline))}</span>`
          : nothing}
      </span>
    `;
    return html`<article class=${state}>
      ${job ? html`<a href=${this.href}>${face}</a>` : html`<div class="face">${face}</div>`}
      ${job && !isSettled(job)
        ? html`<button type="button" title="Cancel" aria-label="Cancel ${name}" @click=${() => this.darkroom.cancel(job.id)}>
            <svg viewBox="0 0 12 12" aria-hidden="true"><path d="M2 2l8 8M10 2l-8 8" /></svg>
          </button>`
        : nothing}
    </article>`;
  }

  private renderFrame(source: string | undefined) {
    const { job } = this;
    const image = (src: string, name: string) =>
      html`<img class=${name} src=${src} alt="" loading="lazy" decoding="async" @error=${hideBroken} @load=${showAgain} />`;
    const drawn = job && drawnFor(job);
    if (!drawn) return [source ? image(source, '') : nothing, source && job ? this.renderBoxes(job) : nothing];
    const view = viewOf(job.result);
    // An overlay shows the picture itself; else what was handed in stays in the corner.
    const small = source && view !== 'areas' ? image(source, 'inset') : nothing;
    return [image(drawn.href, view === 'solid' ? 'whole' : ''), small];
  }

  private renderBoxes(job: Job) {
    if (job.state !== 'succeeded' || viewOf(job.result) !== 'boxes') return nothing;
    return html`<dr-boxes fit="slice" .objects=${job.result!.objects!} .size=${sizeOf(job, job.result!)}></dr-boxes>`;
  }

  private renderUpload() {
    const word = this.roll?.phase === 'refused' ? 'Not handed in' : this.roll?.phase === 'waiting' ? 'Waiting' : '';
    return html`<dr-state state="uploading" word=${word}></dr-state>`;
  }

  private renderJob(job: Job) {
    const { result } = job;
    if (job.state === 'succeeded' && result) {
      const labels = viewOf(result) === 'labels' ? fewLabels(result, LABELS_SHOWN) : [];
      if (labels.length > 0) return html`<dr-label-bars .labels=${labels}></dr-label-bars>`;
      const { headline, detail } = summaryOf(result);
      if (headline) {
        return html`
          <span class="headline">${headline}</span>
          ${result.classes ? html`<dr-shares brief .classes=${result.classes}></dr-shares>` : nothing}
          ${result.embedding ? html`<dr-vector bars="48" .values=${result.embedding}></dr-vector>` : nothing}
          <span class="detail muted">${detail}</span>
        `;
      }
    }
    return html`
      <dr-state state=${job.state}></dr-state>
      ${job.error ? html`<span class="reason">${job.error.message}</span>` : nothing}
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        content-visibility: auto;
        contain-intrinsic-size: auto 14rem auto 21rem;
      }

      article {
        position: relative;
        height: 100%;
      }

      a,
      .face {
        display: flex;
        flex-direction: column;
        height: 100%;
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: inherit;
        text-decoration: none;
        transition: border-color 160ms;
      }

      a:hover {
        border-color: var(--line-strong);
      }

      /* An outline outside of the card would be cut off by content-visibility, one inside covered by the picture. */
      a:focus-visible {
        outline: none;
      }

      a:focus-visible::after {
        content: '';
        position: absolute;
        inset: 0;
        border: 3px solid var(--accent);
        border-radius: var(--radius);
      }

      .frame {
        position: relative;
        display: block;
        aspect-ratio: 4 / 3;
        overflow: hidden;
        background: var(--sunk);
        isolation: isolate;
      }

      /* A picture comes up as its job goes on: faint under the safelight, then clear, then in the light of day. */
      img {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: cover;
        transition: filter 900ms ease-out;
      }

      dr-boxes {
        position: absolute;
        inset: 0;
      }

      .whole {
        object-fit: contain;
      }

      .inset {
        position: absolute;
        bottom: 0.5rem;
        left: 0.5rem;
        width: 30%;
        height: 36%;
        border: 2px solid var(--surface);
        border-radius: var(--radius-small);
      }

      .frame::after {
        content: '';
        position: absolute;
        inset: 0;
        background: var(--safelight);
        mix-blend-mode: multiply;
        opacity: 0;
        transition: opacity 900ms ease-out;
      }

      .uploading .frame::after,
      .queued .frame::after,
      .running .frame::after {
        opacity: 1;
      }

      .uploading img,
      .queued img {
        filter: grayscale(1) contrast(0.6) brightness(0.7);
      }

      .running img {
        filter: grayscale(1);
      }

      .cancelled img,
      .expired img,
      .failed img {
        filter: grayscale(1) brightness(0.7);
      }

      .text {
        display: block;
        flex: 1;
        padding: 0.75rem 0.85rem 0.5rem;
        min-height: 6.9rem;
      }

      .headline {
        display: block;
        font-size: 0.9375rem;
        font-weight: 600;
      }

      .detail {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        font-size: 0.8125rem;
        overflow-wrap: anywhere;
      }

      dr-shares,
      dr-vector {
        margin: 0.4rem 0;
      }

      .reason {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        margin-top: 0.3rem;
        font-size: 0.8125rem;
        line-height: 1.4;
        overflow-wrap: anywhere;
      }

      .foot {
        display: flex;
        gap: 0.5rem;
        justify-content: space-between;
        padding: 0 0.85rem 0.65rem;
        font-size: 0.75rem;
      }

      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .foot .number {
        white-space: nowrap;
      }

      button {
        position: absolute;
        top: 0.5rem;
        right: 0.5rem;
        display: grid;
        place-items: center;
        width: 2rem;
        min-height: 2rem;
        padding: 0;
        border-radius: 50%;
      }

      button svg {
        width: 0.75rem;
        stroke: currentColor;
        stroke-width: 1.75;
        stroke-linecap: round;
      }
    `,
  ];
}
