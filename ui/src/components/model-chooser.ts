import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Watch } from '../state/observable.js';
import { recall, remember } from '../state/memory.js';
import type { Darkroom } from '../state/darkroom.js';
import type { Model } from '../api/types.js';
import { controls } from '../styles/controls.js';
import { count, quarantine } from '../words.js';

/** Which model the next pictures go to, with what it says of itself. */
@customElement('dr-model-chooser')
export class ModelChooser extends LitElement {
  @property({ attribute: false }) darkroom!: Darkroom;
  readonly watch = new Watch(this, () => [this.darkroom.service]);
  private chosen = recall('model');

  /** What a submission names: "furniture", its newest version, or "furniture@1", another one. */
  get choice(): string {
    const { model } = this;
    return model ? this.nameOf(model) : '';
  }

  private get model(): Model | undefined {
    const { models, defaultModel } = this.darkroom.service;
    return models.find((model) => this.nameOf(model) === this.chosen) ?? defaultModel;
  }

  private nameOf(model: Model): string {
    // The service lists the versions of a name newest first.
    const newest = this.darkroom.service.models.find((other) => other.name === model.name) === model;
    return newest ? model.name : `${model.name}@${model.version}`;
  }

  override render() {
    const { models, modelErrors } = this.darkroom.service;
    const { model } = this;
    return html`
      <label for="model">Model</label>
      <select id="model" ?disabled=${models.length === 0} @change=${this.choose}>
        ${models.length === 0 ? html`<option>No model yet</option>` : nothing}
        ${models.map((each) => this.renderOption(each, each === model))}
      </select>
      ${model ? this.renderModel(model) : nothing}
      ${modelErrors.map(
        (error) => html`<p class="error"><strong>${error.package}</strong> could not be loaded: ${error.message}</p>`,
      )}
    `;
  }

  private renderOption(model: Model, selected: boolean) {
    const name = this.nameOf(model);
    const note = this.darkroom.service.quarantineOf(model) ? ' (in quarantine)' : '';
    return html`<option value=${name} ?selected=${selected}>${name}${note}</option>`;
  }

  private renderModel(model: Model) {
    const judged = this.darkroom.service.quarantineOf(model);
    const kinds = model.labels.length > 0 ? ` · ${count(model.labels.length, 'label')}` : '';
    return html`
      ${judged ? html`<p class="error">${quarantine(judged)}</p>` : nothing}
      <p class="about">${model.description}</p>
      <p class="facts muted">Version ${model.version} · ${model.task}${kinds}</p>
      ${model.labels.length > 0 && model.labels.length <= 24
        ? html`<p class="facts muted">Knows ${model.labels.join(', ')}.</p>`
        : nothing}
    `;
  }

  private choose(event: Event): void {
    this.chosen = (event.target as HTMLSelectElement).value;
    remember('model', this.chosen);
    this.requestUpdate();
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }

      label {
        display: block;
        margin-bottom: 0.35rem;
        font-size: 0.8125rem;
        font-weight: 600;
        color: var(--muted);
      }

      select {
        width: 100%;
        font-size: 0.9375rem;
        font-weight: 600;
        text-overflow: ellipsis;
      }

      p {
        margin: 0.6rem 0 0;
        overflow-wrap: anywhere;
      }

      .facts {
        margin-top: 0.25rem;
        font-size: 0.8125rem;
      }

      .error {
        padding: 0.5rem 0.75rem;
        border-radius: var(--radius-small);
        background: var(--bad-soft);
        font-size: 0.8125rem;
      }
    `,
  ];
}
