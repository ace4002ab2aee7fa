import { LitElement, css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Label } from '../api/types.js';
import { controls } from '../styles/controls.js';
import { score as scoreWords } from '../words.js';

/** Labels with their scores as bars, best first. Bars are SVG: the page's security policy knows no style attributes. */
@customElement('dr-label-bars')
export class LabelBars extends LitElement {
  @property({ attribute: false }) labels: readonly Label[] = [];

  override render() {
    const whole = Math.max(1, ...this.labels.map(({ score }) => score)); // scores that are no likelihoods have no end
    return html`<ol>
      ${repeat(
        this.labels,
        ({ index }) => index,
        ({ label, score }) => html`<li>
          <span class="label" title=${label}>${label}</span>
          <span class="score number">${scoreWords(score)}</span>
          <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            ${svg`<rect class="track" width="100" height="1"></rect><rect class="bar" width=${(Math.max(0, score) / whole) * 100} height="1"></rect>`}
          </svg>
        </li>`,
      )}
    </ol>`;
  }

  static override styles = [
    controls,
    css`
      ol {
        display: grid;
        gap: 0.5rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.15rem 0.6rem;
        font-size: 0.8125rem;
        line-height: 1.35;
        color: var(--muted);
      }

      li:first-child {
        font-size: 0.9375rem;
        font-weight: 600;
        color: var(--text);
      }

      .label {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      svg {
        grid-column: 1 / -1;
        display: block;
        width: 100%;
        height: 3px;
        border-radius: 2px;
        overflow: hidden;
      }

      li:first-child svg {
        height: 5px;
      }

      .track {
        fill: var(--sunk);
      }

      .bar {
        fill: var(--bar-quiet);
        transition: width 500ms ease-out;
      }

      li:first-child .bar {
        fill: var(--bar);
      }
    `,
  ];
}
