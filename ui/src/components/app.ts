import { LitElement, css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Problem } from '../api/problem.js';
import { Darkroom } from '../state/darkroom.js';
import { Watch } from '../state/observable.js';
import { controls } from '../styles/controls.js';
import { sentence } from '../words.js';
import './contact-sheet.js';
import './drop-zone.js';
import './job-details.js';
import './roll-strip.js';
import './service-footer.js';
import './theme-toggle.js';

/** The page: hand in at the top, what is under way below it, then the sheet of all jobs. */
@customElement('darkroom-app')
export class DarkroomApp extends LitElement {
  private readonly darkroom = new Darkroom();
  readonly watch = new Watch(this, () => {
    const { announcer, follower, rolls, service } = this.darkroom;
    return [announcer, follower, rolls, service];
  });

  override firstUpdated(): void {
    this.darkroom.start();
  }

  override render() {
    const { darkroom } = this;
    const { announcer, follower, rolls, service } = darkroom;
    return html`
      <header>
        <a class="brand" href="#/" aria-label="Darkroom: all jobs">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <circle class="halo" cx="16" cy="16" r="15" />
            <circle class="lamp" cx="16" cy="16" r="8" />
          </svg>
          <h1>Darkroom</h1>
        </a>
        <dr-theme-toggle></dr-theme-toggle>
      </header>
      <main>
        ${this.renderTrouble(service.problem, follower.broken)}
        <dr-drop-zone .darkroom=${darkroom}></dr-drop-zone>
        ${repeat(
          rolls.rolls,
          (roll) => roll.key,
          (roll) => html`<dr-roll .darkroom=${darkroom} .roll=${roll}></dr-roll>`,
        )}
        <dr-sheet .darkroom=${darkroom}></dr-sheet>
      </main>
      <dr-footer .darkroom=${darkroom}></dr-footer>
      <dr-details .darkroom=${darkroom}></dr-details>
      <div role="status" class=${announcer.visible ? 'toast' : 'for-readers'}>${announcer.text}</div>
    `;
  }

  private renderTrouble(problem: Problem | undefined, broken: boolean) {
    if (!problem && !broken) return nothing;
    const words = problem && problem.status > 0 ? sentence(problem.message) : 'The connection to the service is lost.';
    return html`<p class="lost" role="alert">
      <strong>${words}</strong> This page tries again by itself; jobs that were handed in are kept there.
    </p>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 100vh;
        min-height: 100dvh;
        max-width: 78rem;
        margin: 0 auto;
        padding: 0 max(clamp(1rem, 3vw, 2rem), env(safe-area-inset-left));
      }

      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: 1rem 0;
      }

      .brand {
        display: flex;
        align-items: center;
        gap: 0.65rem;
        border-radius: var(--radius-small);
        color: inherit;
        text-decoration: none;
      }

      .brand svg {
        width: 1.9rem;
      }

      .halo {
        fill: var(--accent);
        opacity: 0.18;
      }

      .lamp {
        fill: var(--accent);
      }

      h1 {
        margin: 0;
        font-size: 1.25rem;
        font-weight: 600;
        letter-spacing: -0.01em;
      }

      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--gap);
        flex: 1;
        padding-bottom: 2.5rem;
      }

      dr-sheet {
        margin-top: 0.75rem;
      }

      .lost {
        position: sticky;
        z-index: 1;
        top: 0.5rem;
        margin: 0;
        padding: 0.7rem 1rem;
        border: 1px solid var(--bad);
        border-radius: var(--radius);
        background: var(--bad-soft);
      }

      .toast {
        position: fixed;
        bottom: 1.25rem;
        left: 50%;
        max-width: calc(100vw - 2rem);
        padding: 0.65rem 1.1rem;
        border-radius: var(--radius);
        background: var(--text);
        color: var(--ground);
        transform: translateX(-50%);
      }
    `,
  ];
}
