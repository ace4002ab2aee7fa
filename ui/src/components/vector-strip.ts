import { LitElement, css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { barsOf } from '../vector.js';
import { controls } from '../styles/controls.js';

/** The numbers of a vector as bars above and below a line. Of many, each bar is the farthest from zero of its share. */
@customElement('dr-vector')
export class VectorStrip extends LitElement {
  @property({ attribute: false }) values: readonly number[] = [];
  @property({ type: Number }) bars = 128;

  override render() {
    const heights = barsOf(this.values, this.bars);
    const path = (wanted: (height: number) => boolean) =>
      heights.map((height, place) => (wanted(height) ? `M${place + 0.1} 0V${-height}h0.8V0z` : '')).join('');
    return html`<svg viewBox="0 -1 ${Math.max(1, heights.length)} 2" preserveAspectRatio="none" aria-hidden="true">
      ${svg`<path class="up" d=${path((height) => height > 0)}></path><path class="down" d=${path((height) => height < 0)}></path>`}
    </svg>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }

      svg {
        display: block;
        width: 100%;
        height: 3.5rem;
        border-radius: 3px;
        background: var(--sunk);
      }

      .up {
        fill: var(--bar);
      }

      .down {
        fill: var(--line-strong);
      }
    `,
  ];
}
