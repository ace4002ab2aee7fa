import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Artifact } from '../api/types.js';
import { controls } from '../styles/controls.js';
import { bytes } from '../words.js';

/** The artifacts of a job: each opens by its name, and can be saved. */
@customElement('dr-files')
export class FileList extends LitElement {
  @property({ attribute: false }) files: readonly Artifact[] = [];

  override render() {
    return html`<ul>
      ${this.files.map(
        ({ name, href, size }) => html`<li>
          <a class="name" href=${href} target="_blank">${name}</a>
          <span class="muted number">${bytes(size)}</span>
          <a class="button" href=${href} download=${name}>Download<span class="for-readers"> ${name}</span></a>
        </li>`,
      )}
    </ul>`;
  }

  static override styles = [
    controls,
    css`
      ul {
        display: grid;
        gap: 0.3rem;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 0.8125rem;
      }

      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        align-items: center;
        gap: 0.75rem;
      }

      .name {
        overflow-wrap: anywhere;
      }

      .button {
        position: relative;
        font-size: 0.8125rem;
      }

      @media (pointer: fine) {
        .button {
          min-height: 1.9rem;
        }
      }
    `,
  ];
}
