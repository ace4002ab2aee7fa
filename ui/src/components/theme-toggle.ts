import { LitElement, css, html, svg } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { recall, remember } from '../state/memory.js';
import { controls } from '../styles/controls.js';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const ICONS: Record<Theme, unknown> = {
  system: svg`<circle cx="10" cy="10" r="7" fill="none"/><path d="M10 3a7 7 0 0 1 0 14z"/>`,
  light: svg`<circle cx="10" cy="10" r="3.5"/><path fill="none" d="M10 1v2.5M10 16.5V19M1 10h2.5M16.5 10H19M3.6 3.6l1.8 1.8M14.6 14.6l1.8 1.8M16.4 3.6l-1.8 1.8M5.4 14.6l-1.8 1.8"/>`,
  dark: svg`<path d="M16.5 12.4A7 7 0 0 1 7.6 3.5a7 7 0 1 0 8.9 8.9z"/>`,
};

/** As the system says, light, or dark; kept in this browser. */
@customElement('dr-theme-toggle')
export class ThemeToggle extends LitElement {
  @state() private theme: Theme = THEMES.find((name) => name === recall('theme')) ?? 'system';

  override willUpdate(): void {
    const root = document.documentElement;
    if (this.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.theme;
  }

  override render() {
    const words = `Colours: ${this.theme === 'system' ? 'as the system' : this.theme}`;
    return html`<button class="quiet" type="button" title=${words} aria-label=${words} @click=${this.next}>
      <svg viewBox="0 0 20 20" aria-hidden="true">${ICONS[this.theme]}</svg>
    </button>`;
  }

  private next(): void {
    this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length];
    remember('theme', this.theme);
  }

  static override styles = [
    controls,
    css`
      button {
        display: grid;
        place-items: center;
        width: 2.5rem;
        min-height: 2.5rem;
        padding: 0;
      }

      svg {
        width: 1.25rem;
        fill: currentColor;
        stroke: currentColor;
        stroke-width: 1.5;
        stroke-linecap: round;
      }
    `,
  ];
}
