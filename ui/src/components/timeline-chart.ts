import { LitElement, css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Timeline } from '../api/types.js';
import { controls } from '../styles/controls.js';
import { stretchesOf, type Stretch } from '../timeline.js';
import { duration } from '../words.js';

const LEAST_WIDTH = 0.8; // percent, so that a short step can be seen

/** Where a job's time went: one row a step, drawn on one scale. */
@customElement('dr-timeline')
export class TimelineChart extends LitElement {
  @property({ attribute: false }) timeline: Timeline = {};

  override render() {
    const stretches = stretchesOf(this.timeline);
    const whole = stretches.at(-1)?.end || 1;
    return html`<ol>
      ${stretches.map(
        (stretch) => html`<li>
          <span>${stretch.name}</span>
          <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${bar(stretch, whole)}</svg>
          <span class="number">${duration(stretch.end - stretch.begin)}</span>
        </li>`,
      )}
      <li class="whole">
        <span>Altogether</span><span></span><span class="number">${duration(stretches.at(-1)?.end ?? 0)}</span>
      </li>
    </ol>`;
  }

  static override styles = [
    controls,
    css`
      ol {
        display: grid;
        grid-template-columns: auto minmax(3rem, 1fr) auto;
        gap: 0.35rem 0.9rem;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 0.8125rem;
      }

      li {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
      }

      .number {
        text-align: right;
        color: var(--muted);
      }

      .whole {
        padding-top: 0.35rem;
        border-top: 1px solid var(--line);
        font-weight: 600;
      }

      .whole .number {
        color: var(--text);
      }

      svg {
        display: block;
        width: 100%;
        height: 0.5rem;
        border-radius: 2px;
        background: var(--sunk);
      }

      rect {
        fill: var(--bar);
      }

      .waiting {
        fill: var(--bar-quiet);
      }
    `,
  ];
}

function bar({ begin, end, waiting }: Stretch, whole: number) {
  const width = Math.max(LEAST_WIDTH, ((end - begin) / whole) * 100);
  const x = Math.min((begin / whole) * 100, 100 - width);
  return svg`<rect class=${waiting ? 'waiting' : ''} x=${x} width=${width} height="1"></rect>`;
}
