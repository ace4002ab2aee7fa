import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ServiceStatus } from '../api/types.js';
import type { Darkroom } from '../state/darkroom.js';
import { Watch } from '../state/observable.js';
import { controls } from '../styles/controls.js';
import { count, duration, grouped } from '../words.js';

/** What the service is busy with, and the way to what is not on this page. */
@customElement('dr-footer')
export class ServiceFooter extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  readonly watch = new Watch(this, () => [this.darkroom.service]);

  override render() {
    const { status, problem } = this.darkroom.service;
    return html`<footer class="muted">
      <ul class="number" aria-label="The service">
        ${problem
          ? html`<li class="bad">No status</li>`
          : status
            ? this.renderStatus(status)
            : html`<li>Asking the service</li>`}
      </ul>
      <nav aria-label="More"><a href="/openapi.json">API</a> <a href="/metrics">Metrics</a></nav>
    </footer>`;
  }

  private renderStatus({ queue, workers, uptime_s, version }: ServiceStatus) {
    const ready = workers.filter((worker) => worker.state === 'ready').length;
    const others = workers.length - ready;
    const waiting = queue.visible + queue.delayed;
    return html`
      <li>${waiting === 0 ? 'Nothing waits' : `${grouped(waiting)} waiting`}</li>
      ${waiting > 0 && queue.oldest_age_s ? html`<li>oldest ${duration(queue.oldest_age_s * 1_000_000)}</li>` : nothing}
      <li>${grouped(queue.in_flight)} in work</li>
      <li class=${ready === 0 ? 'bad' : ''}>${count(ready, 'worker')} ready</li>
      ${others > 0 ? html`<li>${others} starting or ending</li>` : nothing}
      <li>up ${duration(uptime_s * 1_000_000)}</li>
      <li>Darkroom ${version}</li>
    `;
  }

  static override styles = [
    controls,
    css`
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0.5rem 2rem;
        padding: 1.1rem 0 1.5rem;
        border-top: 1px solid var(--line);
        font-size: 0.8125rem;
      }

      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      .bad {
        color: var(--bad);
      }

      nav {
        display: flex;
        gap: 1.25rem;
      }

      a {
        color: inherit;
      }
    `,
  ];
}
