import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobState } from '../api/types.js';
import { controls } from '../styles/controls.js';
import { STATE_WORDS } from '../words.js';

/** The state of a job as a dot and a word; the word carries the meaning, the colour only helps. */
@customElement('dr-state')
export class StateMark extends LitElement {
  @property({ reflect: true }) state: JobState | 'uploading' = 'queued';
  /** Said instead of the state's own word. */
  @property() word = '';

  override render() {
    const word = this.word || (this.state === 'uploading' ? 'Uploading' : STATE_WORDS[this.state]);
    return html`<span class="dot"></span><span>${word}</span>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: 0.45rem;
        font-size: 0.8125rem;
        font-weight: 600;
        color: var(--muted);
      }

      .dot {
        width: 0.55rem;
        height: 0.55rem;
        border: 2px solid currentColor;
        border-radius: 50%;
      }

      :host([state='running']) {
        color: var(--accent);
      }

      :host([state='running']) .dot {
        background: currentColor;
        animation: breathe 1.2s ease-in-out infinite alternate;
      }

      :host([state='succeeded']) {
        color: var(--good);
      }

      :host([state='failed']) {
        color: var(--bad);
      }

      :host([state='succeeded']) .dot,
      :host([state='failed']) .dot {
        background: currentColor;
      }

      @keyframes breathe {
        to {
          opacity: 0.35;
        }
      }
    `,
  ];
}
