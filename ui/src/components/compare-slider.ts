import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../styles/controls.js';
import { hideBroken, showAgain } from './broken-image.js';

/** A picture and what lies over it, uncovered from the right by a slider. Takes its form from `--ratio`. */
@customElement('dr-compare')
export class CompareSlider extends LitElement {
  @property() under = '';
  @property() over = '';
  /** Where the second one lies on the first, in percent of its sides; what reaches beyond its edges is not seen. */
  @property({ attribute: false }) place = { left: 0, top: 0, width: 100, height: 100 };
  /** What the second one is. */
  @property() word = 'Result';
  @property({ type: Number }) at = 50; // percent from the left

  override render() {
    return html`<div class="frame">
      <img src=${this.under} alt="The picture of this job" @error=${hideBroken} @load=${showAgain} />
      <img class="over" src=${this.over} alt=${this.word} @error=${hideBroken} @load=${showAgain} />
      <input type="range" min="0" max="100" .value=${String(this.at)} aria-label="Uncover: ${this.word}"
        aria-valuetext="${100 - this.at}% of it" @input=${this.move} />
      <span class="line" aria-hidden="true"></span>
      <span class="word left" aria-hidden="true">Picture</span>
      <span class="word right" aria-hidden="true">${this.word}</span>
    </div>`;
  }

  override updated(): void {
    this.style.setProperty('--at', `${this.at}%`);
    for (const [side, percent] of Object.entries(this.place)) this.style.setProperty(`--${side}`, `${percent}%`);
    const covered = ((this.at - this.place.left) / this.place.width) * 100;
    this.style.setProperty('--covered', `${Math.min(Math.max(covered, 0), 100)}%`);
  }

  private move(event: Event): void {
    this.at = Number((event.target as HTMLInputElement).value);
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        width: 100%;
      }

      .frame {
        position: relative;
        overflow: hidden;
        width: min(100%, 60dvh * var(--ratio, 1));
        aspect-ratio: var(--ratio, 1);
        margin: 0 auto;
        border-radius: 3px;
      }

      .frame > * {
        position: absolute;
      }

      img,
      input {
        inset: 0;
        display: block;
        width: 100%;
        height: 100%;
        margin: 0;
      }

      .over {
        inset: auto;
        top: var(--top);
        left: var(--left);
        width: var(--width);
        height: var(--height);
        clip-path: inset(0 0 0 var(--covered));
      }

      /* The slider is as large as the pictures: it can be taken hold of anywhere. */
      input {
        appearance: none;
        background: none;
        cursor: ew-resize;
        opacity: 0;
        touch-action: pan-y;
      }

      .line {
        top: 0;
        bottom: 0;
        left: var(--at);
        width: 2px;
        margin-left: -1px;
        background: #fff;
        box-shadow: 0 0 0 1px rgb(0 0 0 / 0.45);
        pointer-events: none;
      }

      .line::after {
        content: '';
        position: absolute;
        top: 50%;
        left: 50%;
        width: 1.5rem;
        height: 1.5rem;
        border: 2px solid #fff;
        border-radius: 50%;
        background: var(--accent);
        box-shadow: 0 0 0 1px rgb(0 0 0 / 0.45);
        transform: translate(-50%, -50%);
      }

      input:focus-visible + .line::after {
        outline: 3px solid var(--accent);
        outline-offset: 3px;
      }

      .word {
        bottom: 0.5rem;
        padding: 0.1rem 0.5rem;
        border-radius: 1rem;
        background: rgb(0 0 0 / 0.65);
        color: #fff;
        font-size: 0.75rem;
        pointer-events: none;
      }

      .left {
        left: 0.5rem;
      }

      .right {
        right: 0.5rem;
      }
    `,
  ];
}
