import { LitElement, css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controls } from '../styles/controls.js';

const SHOWN_MS = 2000;

/** Copies a text and says so on its face, where screen readers hear it too. */
@customElement('dr-copy')
export class CopyButton extends LitElement {
  @property() text = '';
  @state() private said = '';
  private timer = 0;

  override render() {
    return html`<button type="button" @click=${this.copy}>
      <slot ?hidden=${this.said !== ''}></slot><span aria-live="polite">${this.said}</span>
    </button>`;
  }

  private async copy(): Promise<void> {
    clearTimeout(this.timer);
    this.said = (await this.write()) ? 'Copied' : 'Not allowed';
    this.timer = setTimeout(() => (this.said = ''), SHOWN_MS);
  }

  // The clipboard API is missing where the page does not come over HTTPS or from localhost.
  private async write(): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(this.text);
      return true;
    } catch {
      return this.writeBySelection();
    }
  }

  private writeBySelection(): boolean {
    const area = document.createElement('textarea');
    area.value = this.text;
    area.className = 'for-readers';
    this.renderRoot.append(area); // inside of an open dialog nothing else can be focused
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }

  static override styles = [
    controls,
    css`
      button {
        min-width: 4.75rem;
      }
    `,
  ];
}
