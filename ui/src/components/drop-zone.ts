import { LitElement, css, html } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Darkroom } from '../state/darkroom.js';
import { controls } from '../styles/controls.js';
import { filesOf, isPicture } from './dropped-files.js';
import './model-chooser.js';
import type { ModelChooser } from './model-chooser.js';

/** Takes pictures: dropped anywhere on the page, folders too; picked; or pasted. */
@customElement('dr-drop-zone')
export class DropZone extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  @state() private dragging = false;
  @query('input') private readonly input!: HTMLInputElement;
  @query('dr-model-chooser') private readonly chooser!: ModelChooser;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('dragover', this.onDragOver);
    addEventListener('dragleave', this.onDragLeave);
    addEventListener('drop', this.onDrop);
    addEventListener('paste', this.onPaste);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('dragover', this.onDragOver);
    removeEventListener('dragleave', this.onDragLeave);
    removeEventListener('drop', this.onDrop);
    removeEventListener('paste', this.onPaste);
  }

  override render() {
    const touch = matchMedia('(pointer: coarse)').matches;
    return html`
      <section class=${this.dragging ? 'dragging' : ''} aria-label="Hand in pictures">
        <div class="tray">
          <svg viewBox="0 0 48 40" aria-hidden="true">
            <rect x="9" y="3" width="30" height="24" rx="2.5" />
            <path d="M11 24l8.5-9 6 6.5 4-4L37 24" />
            <circle cx="30" cy="10.5" r="2.2" />
            <path d="M3 24v8.5a4.5 4.5 0 0 0 4.5 4.5h33a4.5 4.5 0 0 0 4.5-4.5V24" />
          </svg>
          <h2>${this.dragging ? 'Let go to hand them in' : touch ? 'Hand in pictures' : 'Drop pictures here'}</h2>
          <button class="primary" type="button" @click=${() => this.input.click()}>Choose pictures</button>
          <p class="muted">${touch ? '' : 'or paste one · '}JPEG, PNG and WebP</p>
          <input type="file" multiple accept="image/*" hidden aria-label="Pictures" @change=${this.onPick} />
        </div>
        <dr-model-chooser .darkroom=${this.darkroom}></dr-model-chooser>
      </section>
    `;
  }

  private handIn(files: File[]): void {
    if (files.length > 0) this.darkroom.rolls.handIn(files, this.chooser.choice);
  }

  private onPick(): void {
    this.handIn([...(this.input.files ?? [])]);
    this.input.value = ''; // so that the same files can be picked again
  }

  private readonly onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.dragging = true;
  };

  private readonly onDragLeave = (event: DragEvent) => {
    if (event.relatedTarget === null) this.dragging = false; // left the window
  };

  private readonly onDrop = async (event: DragEvent) => {
    this.dragging = false;
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    try {
      this.handIn(await filesOf(event.dataTransfer));
    } catch {
      this.darkroom.announcer.show('What was dropped cannot be read. Try the button instead.');
    }
  };

  private readonly onPaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])].filter(isPicture);
    if (files.length === 0) return;
    event.preventDefault();
    this.handIn(files);
  };

  static override styles = [
    controls,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(15rem, 21rem);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: 0 1rem 2.5rem -1.5rem var(--shadow);
      }

      .tray {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 0.5rem;
        min-height: 11.5rem;
        margin: 0.6rem;
        padding: 1rem;
        border: 1.5px dashed var(--line-strong);
        border-radius: calc(var(--radius) - 0.25rem);
        text-align: center;
        transition:
          background 160ms,
          border-color 160ms;
      }

      .dragging .tray {
        border-color: var(--accent);
        background: var(--accent-soft);
      }

      .tray svg {
        width: 3rem;
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
        stroke-linecap: round;
        stroke-linejoin: round;
      }

      h2 {
        margin: 0.1rem 0 0.2rem;
        font-size: 1.25rem;
        font-weight: 600;
        letter-spacing: -0.01em;
      }

      p {
        margin: 0;
        font-size: 0.8125rem;
      }

      .primary {
        padding-inline: 1.4rem;
      }

      dr-model-chooser {
        padding: 1.1rem 1.4rem 1.1rem 0.9rem;
      }

      @media (max-width: 44rem) {
        section {
          grid-template-columns: minmax(0, 1fr);
        }

        .tray {
          min-height: 11rem;
        }

        dr-model-chooser {
          padding: 0.4rem 1.1rem 1.2rem;
        }
      }
    `,
  ];
}
