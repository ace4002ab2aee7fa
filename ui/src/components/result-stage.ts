import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Job, Result } from '../api/types.js';
import { artifactOf, isTransformed, isWide, placeOf, sizeOf, viewOf, type Place } from '../results.js';
import { controls } from '../styles/controls.js';
import './box-layer.js';
import { hideBroken, showAgain } from './broken-image.js';
import './compare-slider.js';
import './mesh-view.js';

const TINY = 128; // pictures with shorter sides are shown pixel by pixel

/** What there is to see of a job: its picture, with what the model found on it or made of it. */
@customElement('dr-stage')
export class ResultStage extends LitElement {
  @property({ attribute: false }) job!: Job;
  @property({ attribute: false }) result?: Result;
  /** The picture that was handed in, if it is to be had. */
  @property() source?: string;
  @property({ attribute: false }) highlighted?: number;

  override render() {
    const { result, job } = this;
    const done = job.state === 'succeeded' && result;
    return html`<div class="stage ${isWide(job, result) ? 'wide' : ''}">
      ${done ? this.renderResult(job, result) : this.renderPicture()}
    </div>`;
  }

  override updated(): void {
    const { width, height } = this.result ? sizeOf(this.job, this.result) : this.job.input;
    this.style.setProperty('--ratio', width > 0 && height > 0 ? `${width / height}` : '1');
  }

  private renderResult(job: Job, result: Result) {
    switch (viewOf(result)) {
      case 'boxes':
        return this.renderBoxes(job, result);
      case 'areas':
        return this.renderOver(placeOf(job, result), 'overlay.png', 'Classes');
      case 'picture':
        return this.renderOver(placeOf(job, result), 'image.png', 'Result');
      case 'depth':
        return this.renderBeside('depth.png', 'Depth: near is light');
      case 'solid':
        return this.renderSolid(job);
      default:
        return this.renderPicture();
    }
  }

  private renderPicture() {
    if (!this.source) return html`<p class="muted">The picture was not kept.</p>`;
    return html`<a class="whole" href=${this.source} target="_blank">
      <img src=${this.source} alt="The picture of this job, opens by itself" @error=${hideBroken} @load=${showAgain} />
    </a>`;
  }

  private renderBoxes(job: Job, result: Result) {
    if (!this.source || isTransformed(result)) return this.renderFigure(artifactOf(job, 'boxes.png')?.href, 'The picture with what was found');
    return html`<a class="frame ${this.isTiny() ? 'tiny' : ''}" href=${this.source} target="_blank">
      <img src=${this.source} alt="The picture of this job, opens by itself" @error=${hideBroken} @load=${showAgain} />
      <dr-boxes named .objects=${result.objects!} .size=${sizeOf(job, result)} .highlighted=${this.highlighted}></dr-boxes>
    </a>`;
  }

  /** The picture, and over it what was drawn, as far as a slider uncovers it; beside it what has no place on it. */
  private renderOver(place: Place | undefined, name: string, word: string) {
    const drawn = artifactOf(this.job, name)?.href;
    if (!drawn) return this.renderPicture();
    if (!place) return this.renderBeside(name, word);
    if (!this.source) return this.renderFigure(drawn, word);
    return html`<dr-compare class=${this.isTiny() ? 'tiny' : ''} under=${this.source} over=${drawn} .place=${place} word=${word}></dr-compare>`;
  }

  private renderBeside(name: string, word: string) {
    return html`${this.renderFigure(this.source, 'Picture')} ${this.renderFigure(artifactOf(this.job, name)?.href, word)}`;
  }

  private renderSolid(job: Job) {
    const [mesh, preview, depth] = ['mesh.glb', 'preview.png', 'depth.png'].map((name) => artifactOf(job, name)?.href);
    return html`
      <div class="column">
        ${this.renderFigure(this.source, 'Picture')} ${depth ? this.renderFigure(depth, 'Depth: near is light') : nothing}
      </div>
      ${mesh
        ? html`<dr-mesh src=${mesh} preview=${preview ?? ''} name="The mesh made of ${job.input.file_name || 'the picture'}"></dr-mesh>`
        : this.renderFigure(preview, 'Mesh')}
    `;
  }

  private renderFigure(source: string | undefined, word: string) {
    if (!source) return html`<p class="muted">The picture was not kept.</p>`;
    return html`<figure>
      <a href=${source} target="_blank">
        <img src=${source} alt="${word}, opens by itself" @error=${hideBroken} @load=${this.onFigure} />
      </a>
      <figcaption class="muted">${word}</figcaption>
    </figure>`;
  }

  private onFigure(event: Event): void {
    showAgain(event);
    const image = event.target as HTMLImageElement;
    image.classList.toggle('tiny', Math.max(image.naturalWidth, image.naturalHeight) < TINY);
  }

  private isTiny(): boolean {
    const { width, height } = this.job.input;
    return Math.max(width, height) < TINY;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        background: var(--sunk);
      }

      .stage {
        position: sticky;
        top: 3.7rem;
        display: grid;
        place-items: center;
        min-height: 16rem;
        padding: 1.25rem;
      }

      .wide {
        position: static;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 1.25rem;
      }

      .column {
        display: grid;
        gap: 0.75rem;
        width: 100%;
      }

      a {
        display: block;
        color: inherit;
      }

      img {
        display: block;
        border-radius: 3px;
      }

      .whole img {
        max-width: 100%;
        max-height: 60dvh;
        min-width: min(20rem, 100%);
        object-fit: contain;
      }

      .frame {
        position: relative;
        width: min(100%, 60dvh * var(--ratio, 1));
        aspect-ratio: var(--ratio, 1);
      }

      .frame img,
      .frame dr-boxes {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }

      figure {
        width: 100%;
        margin: 0;
        text-align: center;
      }

      figure img {
        width: 100%;
        height: min(24rem, 55dvh);
        object-fit: contain;
      }

      .column figure:not(:only-child) img {
        height: min(11.25rem, 26dvh);
      }

      figcaption {
        font-size: 0.8125rem;
      }

      .tiny,
      .tiny img {
        image-rendering: pixelated;
      }

      @media (max-width: 44rem) {
        .stage {
          position: static;
          min-height: 10rem;
          padding: 0.75rem;
        }

        .wide {
          grid-template-columns: minmax(0, 1fr);
        }

        .column {
          order: 1; /* what was made comes first */
        }

        .whole img {
          max-height: 45dvh;
        }

        figure img {
          height: auto;
          max-height: 45dvh;
        }

        .column figure:not(:only-child) img {
          height: 9rem;
        }

        .column:has(figure + figure) {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `,
  ];
}
