import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { JOB_STATES, type JobState } from '../api/types.js';
import type { Darkroom } from '../state/darkroom.js';
import { Watch } from '../state/observable.js';
import { controls } from '../styles/controls.js';
import { grouped, STATE_WORDS } from '../words.js';

/** Which jobs the sheet shows. The choice is part of the address. */
@customElement('dr-filter-bar')
export class FilterBar extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  readonly watch = new Watch(this, () => [this.darkroom.router, this.darkroom.service]);

  override render() {
    const { router, service } = this.darkroom;
    const { filter } = router.route;
    const models = new Set([...service.models.map((model) => model.name), ...(filter.model ? [filter.model] : [])]);
    return html`
      <nav aria-label="Jobs by state">
        ${this.renderState(undefined, 'All')} ${JOB_STATES.map((state) => this.renderState(state, STATE_WORDS[state]))}
      </nav>
      <div class="more">
        ${filter.batch
          ? html`<a class="button" href=${router.hrefOf({ filter: { ...filter, batch: undefined } })}>
              One batch <span aria-hidden="true">✕</span><span class="for-readers">, show all batches</span>
            </a>`
          : nothing}
        ${models.size > 1
          ? html`<select aria-label="Jobs by model" @change=${this.chooseModel}>
              <option value="" ?selected=${!filter.model}>Every model</option>
              ${[...models].map((name) => html`<option value=${name} ?selected=${name === filter.model}>${name}</option>`)}
            </select>`
          : nothing}
      </div>
    `;
  }

  private renderState(state: JobState | undefined, word: string) {
    const { router, service } = this.darkroom;
    const { filter } = router.route;
    const counts = service.status?.jobs;
    // The service counts all jobs: its numbers say nothing of one model's or one batch's.
    const number = filter.model || filter.batch || !counts ? undefined : countOf(counts, state);
    return html`<a
      href=${router.hrefOf({ filter: { ...filter, state } })}
      aria-current=${filter.state === state ? 'true' : nothing}
    >
      ${word}${number ? html`<span class="count number">${grouped(number)}</span>` : nothing}
    </a>`;
  }

  private chooseModel(event: Event): void {
    this.darkroom.router.setFilter({ model: (event.target as HTMLSelectElement).value || undefined });
  }

  static override styles = [
    controls,
    css`
      /* Its two parts take their places in the head of the sheet by themselves. */
      :host {
        display: contents;
      }

      nav {
        display: flex;
        gap: 0.15rem;
        min-width: 0;
        padding: 0.2rem;
        overflow-x: auto;
        scrollbar-width: none;
        border-radius: var(--radius-small);
        background: var(--sunk);
      }

      nav a {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        min-height: 1.9rem;
        padding: 0 0.7rem;
        border-radius: 0.375rem;
        color: var(--muted);
        font-size: 0.8125rem;
        font-weight: 500;
        text-decoration: none;
        white-space: nowrap;
      }

      nav a:hover {
        color: var(--text);
      }

      nav a:focus-visible {
        outline-offset: -2px;
      }

      nav a[aria-current] {
        background: var(--surface);
        color: var(--text);
        box-shadow: 0 1px 2px var(--shadow);
      }

      .count {
        font-size: 0.75rem;
        font-weight: 400;
        color: var(--muted);
      }

      .more {
        display: flex;
        gap: 0.5rem;
        margin-left: auto;
      }

      .button {
        gap: 0.5rem;
      }

      @media (max-width: 44rem) {
        nav {
          order: 1;
          flex: 1 0 100%;
        }
      }

      @media (pointer: coarse) {
        nav a {
          min-height: 2.5rem;
        }
      }
    `,
  ];
}

function countOf(counts: Partial<Record<JobState, number>>, state: JobState | undefined): number {
  if (state) return counts[state] ?? 0;
  return JOB_STATES.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
}
