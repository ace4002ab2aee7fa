import { LitElement, css, html, nothing, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Darkroom } from '../state/darkroom.js';
import { Watch } from '../state/observable.js';
import type { Roll, Tally } from '../state/rolls.js';
import { controls } from '../styles/controls.js';
import { adviceFor, bytes, count, grouped, sentence } from '../words.js';

/** How far one drop is: its upload, its jobs, or why it was refused. */
@customElement('dr-roll')
export class RollStrip extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  @property({ attribute: false }) roll!: Roll;
  @state() private cancelling = false;
  readonly watch = new Watch(this, () => [this.darkroom.rolls, this.darkroom.jobs, this.darkroom.router]);
  private ticking = 0;
  private wasDone = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.ticking);
  }

  override render() {
    const { roll } = this;
    const tally = this.darkroom.rolls.tally(roll);
    const done = this.darkroom.rolls.isDone(roll);
    return html`<section class=${roll.phase} aria-label=${`${count(roll.pictures.length, 'picture')} handed in`}>
      <div class="words">
        <strong>${count(roll.pictures.length, 'picture')}</strong>
        ${roll.model ? html`<span class="muted">to ${roll.model}</span>` : nothing}
        <span class="progress number">${this.progressWords(tally)}</span>
      </div>
      ${this.renderBar(tally)} ${roll.problem ? this.renderProblem(roll) : nothing}
      <div class="actions">${this.renderActions(done)}</div>
    </section>`;
  }

  override updated(): void {
    const { roll } = this;
    clearTimeout(this.ticking);
    if (roll.phase === 'waiting') this.ticking = setTimeout(() => this.requestUpdate(), 1000);
    this.announceEnd();
  }

  private progressWords({ total, settled, unsuccessful }: Tally): string {
    const { roll } = this;
    switch (roll.phase) {
      case 'uploading':
        if (roll.size === 0) return 'Uploading';
        return roll.fraction < 1
          ? `Uploading ${Math.floor(roll.fraction * 100)}% of ${bytes(roll.size)}`
          : 'Uploaded, waiting for the service';
      case 'waiting':
        return `Sent again in ${Math.max(1, Math.ceil((roll.retryAt - Date.now()) / 1000))} s`;
      case 'refused':
        return 'Not handed in';
      case 'handed-in': {
        const bad = unsuccessful > 0 ? `, ${grouped(unsuccessful)} without a result` : '';
        return settled === total ? `All done${bad}` : `${grouped(settled)} of ${grouped(total)} done${bad}`;
      }
    }
  }

  private renderBar({ total, succeeded, unsuccessful, running }: Tally) {
    const { roll } = this;
    if (roll.phase === 'refused') return nothing;
    const scale = 100 / total;
    const handedIn = roll.phase === 'handed-in';
    const now = Math.floor(handedIn ? (succeeded + unsuccessful) * scale : roll.fraction * 100);
    return html`<svg
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      role="progressbar"
      aria-label=${handedIn ? 'Jobs done' : 'Upload'}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${now}
    >
      ${handedIn
        ? svg`<rect class="done" width=${succeeded * scale} height="1"></rect>
            <rect class="bad" x=${succeeded * scale} width=${unsuccessful * scale} height="1"></rect>
            <rect class="running" x=${(succeeded + unsuccessful) * scale} width=${running * scale} height="1"></rect>`
        : svg`<rect class="sent" width=${roll.fraction * 100} height="1"></rect>`}
    </svg>`;
  }

  private renderProblem(roll: Roll) {
    const advice = roll.phase === 'refused' ? adviceFor(roll.problem!) : '';
    return html`<p role="alert"><strong>${sentence(roll.problem!.message)}</strong> ${advice}</p>`;
  }

  private renderActions(done: boolean) {
    const { darkroom, roll } = this;
    const only = darkroom.router.route.filter.batch === roll.batch && roll.batch !== undefined;
    const retry = html`<button type="button" @click=${() => darkroom.rolls.retry(roll)}>Try again</button>`;
    const stop = (word: string) =>
      html`<button class="quiet" type="button" @click=${() => darkroom.rolls.dismiss(roll)}>${word}</button>`;
    if (roll.phase === 'uploading') return stop('Stop');
    if (roll.phase === 'waiting') return [retry, stop('Stop')];
    if (roll.phase === 'refused') return [roll.problem?.passes ? retry : nothing, stop('Dismiss')];
    return html`
      <a class="button" href=${darkroom.router.hrefOf({ filter: only ? {} : { batch: roll.batch } })}>
        ${only ? 'Show all jobs' : 'Show only these'}
      </a>
      ${done
        ? stop('Dismiss')
        : html`<button class="quiet danger" type="button" ?disabled=${this.cancelling} @click=${this.cancelRest}>
            ${this.cancelling ? 'Cancelling' : 'Cancel the rest'}
          </button>`}
    `;
  }

  private async cancelRest(): Promise<void> {
    if (!this.roll.batch) return;
    this.cancelling = true;
    await this.darkroom.cancelBatch(this.roll.batch);
    this.cancelling = false;
  }

  // Once, at the end: a screen reader that hears of each of a thousand pictures is of no use.
  private announceEnd(): void {
    const { rolls, announcer } = this.darkroom;
    const done = rolls.isDone(this.roll);
    if (done && !this.wasDone) {
      const { total, succeeded } = rolls.tally(this.roll);
      announcer.readOut(`${grouped(succeeded)} of ${count(total, 'picture')} developed.`);
    }
    this.wasDone = done;
  }

  static override styles = [
    controls,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.5rem 1.25rem;
        padding: 0.75rem 1rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }

      .words {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.5rem;
      }

      .progress {
        margin-left: auto;
        color: var(--muted);
      }

      .actions {
        grid-column: 2;
        grid-row: 1 / span 2;
        display: flex;
        gap: 0.5rem;
      }

      svg {
        display: block;
        width: 100%;
        height: 6px;
        border-radius: 3px;
        background: var(--sunk);
      }

      rect {
        transition:
          x 250ms,
          width 250ms;
      }

      .sent,
      .running {
        fill: var(--bar-quiet);
      }

      .done {
        fill: var(--bar);
      }

      .bad {
        fill: var(--bad);
      }

      p {
        grid-column: 1 / -1;
        margin: 0;
      }

      .refused {
        border-color: var(--bad);
        background: var(--bad-soft);
      }

      @media (max-width: 44rem) {
        section {
          grid-template-columns: minmax(0, 1fr);
        }

        .actions {
          grid-column: 1;
          grid-row: auto;
        }
      }
    `,
  ];
}
