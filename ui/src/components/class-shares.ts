import { LitElement, css, html, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ClassShare } from '../api/types.js';
import { controls } from '../styles/controls.js';
import { percent } from '../words.js';

/** How much of a picture each class takes: one bar, and below it what its colours mean. */
@customElement('dr-shares')
export class ClassShares extends LitElement {
  @property({ attribute: false }) classes: readonly ClassShare[] = [];
  /** The bar alone. */
  @property({ type: Boolean }) brief = false;

  override render() {
    let x = 0;
    const parts = this.classes.map((part) => {
      const begin = x;
      x += part.share * 100;
      return svg`<rect class=${fillOf(part)} x=${begin} width=${part.share * 100} height="1" fill=${part.color}></rect>`;
    });
    return html`
      <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>
      ${this.brief ? nothing : html`<ul>${this.classes.map((part) => this.renderPart(part))}</ul>`}
    `;
  }

  private renderPart(part: ClassShare) {
    return html`<li>
      <svg class="swatch" viewBox="0 0 1 1" aria-hidden="true">
        ${svg`<rect class=${fillOf(part)} width="1" height="1" fill=${part.color}></rect>`}
      </svg>
      <span class="label" title=${part.label}>${part.label}</span>
      <span class="number">${percent(part.share)}</span>
    </li>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }

      svg {
        display: block;
      }

      .bar {
        width: 100%;
        height: 0.6rem;
        border-radius: 3px;
        background: var(--sunk);
      }

      /* Class 0 is the background, which the overlay leaves as it is. */
      .plain {
        fill: var(--sunk);
      }

      ul {
        display: grid;
        gap: 0.35rem;
        margin: 0.75rem 0 0;
        padding: 0;
        list-style: none;
        font-size: 0.875rem;
      }

      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.6rem;
      }

      .swatch {
        width: 0.9rem;
        height: 0.9rem;
        border: 1px solid var(--line-strong);
        border-radius: 3px;
      }

      .label {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];
}

function fillOf({ index }: ClassShare): string {
  return index === 0 ? 'plain' : '';
}
