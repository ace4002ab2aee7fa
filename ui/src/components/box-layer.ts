import { LitElement, css, html, nothing, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DetectedObject } from '../api/types.js';
import { colorOf } from '../results.js';
import { controls } from '../styles/controls.js';
import { score } from '../words.js';

const NAMED = 12; // of more boxes, only the one that is pointed at says its name
const TEXT_PX = 13;

/**
 * Frames of found objects, laid over an <img> that is as large as this element and scaled alike: `meet` for
 * `object-fit: contain`, `slice` for `cover`. Tells with `highlight` which one the mouse is over.
 */
@customElement('dr-boxes')
export class BoxLayer extends LitElement {
  @property({ attribute: false }) objects: readonly DetectedObject[] = [];
  /** The picture's size, in whose pixels the boxes are. */
  @property({ attribute: false }) size = { width: 1, height: 1 };
  @property() fit: 'meet' | 'slice' = 'meet';
  @property({ type: Boolean }) named = false;
  @property({ attribute: false }) highlighted?: number;
  @state() private scale = 1; // the picture's pixels a pixel of the screen
  private readonly observer = new ResizeObserver(() => this.measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  override render() {
    const { width, height } = this.size;
    // Small ones on top of large ones, so that each can be pointed at. Which one is must not change their order: an
    // element that moves under the mouse tells of a mouse that moves.
    const order = this.objects.map((_, place) => place).sort((a, b) => this.areaOf(b) - this.areaOf(a));
    const pointed = this.highlighted === undefined ? undefined : this.objects[this.highlighted];
    const named = this.named && !pointed && this.objects.length <= NAMED;
    return html`<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMid ${this.fit}" aria-hidden="true">
      <g class=${pointed ? 'quiet' : ''}>${order.map((place) => this.renderBox(this.objects[place], named, place))}</g>
      ${pointed ? svg`<g class="pointed">${this.renderBox(pointed, this.named)}</g>` : nothing}
    </svg>`;
  }

  /** Without `place` the box tells nothing of the mouse. */
  private renderBox(object: DetectedObject, named: boolean, place?: number) {
    const [x, y, width, height] = object.box;
    const text = TEXT_PX * this.scale;
    return svg`<rect class="shade" x=${x} y=${y} width=${width} height=${height}></rect>
      <rect class="frame" x=${x} y=${y} width=${width} height=${height} stroke=${colorOf(object.index)}
        @pointerenter=${() => this.tell(place)} @pointerleave=${() => this.tell(undefined)}></rect>
      ${named
        ? svg`<text x=${x + 0.35 * text} y=${y > 1.5 * text ? y - 0.45 * text : y + 1.25 * text} font-size=${text}
            stroke-width=${0.3 * text}>${object.label} ${score(object.score)}</text>`
        : nothing}`;
  }

  private areaOf(place: number): number {
    const [, , width, height] = this.objects[place].box;
    return width * height;
  }

  private tell(place: number | undefined): void {
    if (this.named) this.dispatchEvent(new CustomEvent('highlight', { detail: place, bubbles: true, composed: true }));
  }

  private measure(): void {
    const { clientWidth, clientHeight, size } = this;
    if (clientWidth === 0 || clientHeight === 0) return;
    const scales = [size.width / clientWidth, size.height / clientHeight];
    this.scale = this.fit === 'meet' ? Math.max(...scales) : Math.min(...scales);
  }

  override updated(changed: Map<string, unknown>): void {
    if (changed.has('size')) this.measure();
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        pointer-events: none;
      }

      svg {
        display: block;
        width: 100%;
        height: 100%;
      }

      rect {
        fill: transparent;
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }

      :host([named]) .frame {
        pointer-events: all;
      }

      .pointed .frame {
        pointer-events: none;
      }

      /* Seen on a picture of any colour. */
      .shade {
        stroke: rgb(0 0 0 / 0.55);
        stroke-width: 4px;
      }

      .quiet {
        opacity: 0.35;
      }

      .pointed rect {
        stroke-width: 4px;
      }

      .pointed .shade {
        stroke-width: 7px;
      }

      text {
        fill: #fff;
        stroke: rgb(0 0 0 / 0.8);
        stroke-linejoin: round;
        paint-order: stroke;
        font-family: var(--sans);
        font-weight: 600;
      }
    `,
  ];
}
