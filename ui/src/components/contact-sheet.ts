import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Job } from '../api/types.js';
import type { Darkroom } from '../state/darkroom.js';
import { PAGE_SIZE } from '../state/jobs.js';
import { Watch } from '../state/observable.js';
import type { Picture, Roll } from '../state/rolls.js';
import { controls } from '../styles/controls.js';
import { adviceFor, sentence } from '../words.js';
import './filter-bar.js';
import './job-card.js';

interface Entry {
  key: string;
  job?: Job;
  picture?: Picture;
  roll?: Roll;
}

/** All jobs as cards, newest first, before them the pictures on their way in. Never more cards than were asked for. */
@customElement('dr-sheet')
export class ContactSheet extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  @state() private shown = PAGE_SIZE;
  readonly watch = new Watch(this, () => [this.darkroom.jobs, this.darkroom.rolls, this.darkroom.router]);
  private filter?: object;

  override willUpdate(): void {
    if (this.filter === this.darkroom.jobs.filter) return;
    this.filter = this.darkroom.jobs.filter;
    this.shown = PAGE_SIZE;
  }

  override render() {
    const { darkroom } = this;
    const { jobs } = darkroom;
    const entries = this.entries();
    return html`
      <section aria-labelledby="heading" aria-busy=${jobs.loading}>
        <header>
          <h2 id="heading">Jobs</h2>
          <dr-filter-bar .darkroom=${darkroom}></dr-filter-bar>
        </header>
        ${jobs.problem
          ? html`<p class="note" role="alert">
              <strong>The list could not be loaded.</strong> ${sentence(jobs.problem.message)} ${adviceFor(jobs.problem)}
              <button type="button" @click=${() => jobs.setFilter(jobs.filter)}>Try again</button>
            </p>`
          : nothing}
        ${entries.length > 0 ? this.renderCards(entries) : this.renderEmpty()}
        ${entries.length > this.shown || jobs.hasOlder
          ? html`<button class="older" type="button" ?disabled=${jobs.loading} @click=${this.showOlder}>
              ${jobs.loading ? 'Loading' : 'Show more'}
            </button>`
          : nothing}
      </section>
    `;
  }

  private renderCards(entries: Entry[]) {
    return html`<ul>
      ${repeat(
        entries.slice(0, this.shown),
        ({ key }) => key,
        ({ job, picture, roll }) => html`<li>
          <dr-card
            .darkroom=${this.darkroom}
            .job=${job}
            .picture=${picture}
            .roll=${roll}
            .href=${job ? this.darkroom.router.hrefOf({ job: job.id }) : ''}
          ></dr-card>
        </li>`,
      )}
    </ul>`;
  }

  private renderEmpty() {
    const { jobs } = this.darkroom;
    if (jobs.loading || jobs.problem) return nothing;
    const { state, model, batch } = jobs.filter;
    if (state || model || batch) {
      return html`<p class="note muted">No job is like that. <a href="#/">Show all jobs</a></p>`;
    }
    return html`<div class="empty">
      <h3>The sheet is empty</h3>
      <p>
        Drop a few pictures above. Each one becomes a job: it is uploaded, waits for a free worker, runs through the
        model, and its result comes up here.
      </p>
      <p class="muted">From a shell: <code>darkroom submit photo.jpg --wait</code></p>
    </div>`;
  }

  private entries(): Entry[] {
    const { jobs, rolls } = this.darkroom;
    const { state, model, batch } = jobs.filter;
    const entries: Entry[] = [];
    if (!state && !model && !batch) {
      for (const roll of rolls.rolls) {
        if (!roll.pending) continue;
        for (const picture of [...roll.pictures].reverse()) entries.push({ key: picture.key, picture, roll });
      }
    }
    for (const job of jobs.list()) {
      const picture = rolls.pictureOf(job.id);
      entries.push({ key: picture?.key ?? job.id, job, picture }); // the same card before and after the upload
    }
    return entries;
  }

  private showOlder(): void {
    const { jobs } = this.darkroom;
    this.shown += PAGE_SIZE;
    if (jobs.list().length < this.shown) void jobs.loadOlder();
  }

  static override styles = [
    controls,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6rem 1.25rem;
        margin-bottom: 1rem;
      }

      h2 {
        margin: 0;
        font-size: 1.125rem;
        font-weight: 600;
      }

      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(13rem, 42vw), 1fr));
        gap: var(--gap);
        margin: 0;
        padding: 0;
        list-style: none;
      }

      dr-card {
        height: 100%;
      }

      .older {
        display: block;
        margin: 1.5rem auto 0;
        padding-inline: 2rem;
      }

      .note,
      .empty {
        margin: 0;
        padding: 2.5rem 1rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        text-align: center;
      }

      .empty p {
        max-width: 34rem;
        margin: 0.5rem auto 0;
        text-wrap: balance;
      }

      h3 {
        margin: 0;
        font-size: 1.0625rem;
        font-weight: 600;
      }

      code {
        padding: 0.15rem 0.4rem;
        border-radius: 0.3rem;
        background: var(--sunk);
        font: 0.875em var(--mono);
      }
    `,
  ];
}
