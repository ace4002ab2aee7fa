import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Job, Result } from '../api/types.js';
import { artifactOf, colorOf, headsOf, regionWords, viewOf } from '../results.js';
import { controls } from '../styles/controls.js';
import { bytes, count, decimal, grouped, score, shape, transformWords } from '../words.js';
import './class-shares.js';
import './copy-button.js';
import './label-bars.js';
import './vector-strip.js';

/** A result in words and numbers. Tells with `highlight` which of the found objects is pointed at. */
@customElement('dr-reading')
export class ResultReading extends LitElement {
  @property({ attribute: false }) job!: Job;
  @property({ attribute: false }) result!: Result;
  @property({ attribute: false }) highlighted?: number;

  override render() {
    return [this.renderAnswer(this.result), this.renderTransforms(this.result)];
  }

  private renderAnswer(result: Result) {
    switch (viewOf(result)) {
      case 'labels':
        return this.renderLabels(result);
      case 'boxes':
        return this.renderObjects(result);
      case 'areas':
        return html`<dr-shares .classes=${result.classes!}></dr-shares>`;
      case 'depth': {
        const { min, max, near, width, height } = result.depth!;
        return this.renderFacts([
          ['Values', `${decimal(min)} to ${decimal(max)}`],
          ['Near is', near === 'small' ? 'a small value' : 'a large value'],
          ['Map', `${width} × ${height}`],
        ]);
      }
      case 'picture':
        return this.renderFacts([
          ['Result', `${result.picture!.width} × ${result.picture!.height}`],
          ['Shows', regionWords(this.job, result)],
        ]);
      case 'vector':
        return this.renderVector(result.embedding!, result.length);
      case 'solid':
        return this.renderSolid(result);
      case 'tensors':
        return this.renderTensors(result);
      case 'other':
        return html`<pre tabindex="0">${JSON.stringify(result, null, 2)}</pre>`;
    }
  }

  private renderLabels(result: Result) {
    return headsOf(result).map(
      ({ name, labels }) => html`
        ${name ? html`<h3>${name}</h3>` : nothing}
        ${labels.length > 0
          ? html`<dr-label-bars .labels=${labels}></dr-label-bars>`
          : html`<p class="muted">No label holds.</p>`}
      `,
    );
  }

  private renderObjects({ objects = [] }: Result) {
    if (objects.length === 0) return html`<p class="muted">Nothing was found.</p>`;
    return html`<p>${count(objects.length, 'object')}</p>
      <ol class="objects">
        ${objects.map(
          ({ label, index, score: value, box: [left, top, width, height] }, place) => html`<li>
            <button
              type="button"
              class=${this.highlighted === place ? 'pointed' : ''}
              @pointerenter=${() => this.tell(place)}
              @pointerleave=${() => this.tell(undefined)}
              @focus=${() => this.tell(place)}
              @blur=${() => this.tell(undefined)}
            >
              <svg viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill=${colorOf(index)}></rect></svg>
              <span class="label">${label}</span>
              <span class="muted number">${Math.round(width)} × ${Math.round(height)} at ${Math.round(left)}, ${Math.round(top)}</span>
              <span class="number">${score(value)}</span>
            </button>
          </li>`,
        )}
      </ol>`;
  }

  private renderVector(vector: readonly number[], length: number | undefined) {
    return html`
      <dr-vector .values=${vector}></dr-vector>
      ${this.renderFacts([
        ['Numbers', grouped(vector.length)],
        ['Length', length === undefined ? '' : decimal(length)],
      ])}
      <div><dr-copy text=${JSON.stringify(vector)}>Copy vector</dr-copy></div>
    `;
  }

  private renderSolid({ voxels, mesh }: Result) {
    const { side, solid, threshold, metres } = voxels!;
    return this.renderFacts([
      ['Voxels', `${grouped(solid)} of ${grouped(side ** 3)}, ${side} a side`],
      ['Solid above', decimal(threshold)],
      ['A side is', `${decimal(metres)} m`],
      ['Mesh', mesh ? `${count(mesh.triangles, 'triangle')}, ${grouped(mesh.vertices)} vertices` : ''],
    ]);
  }

  private renderTensors({ tensors = [] }: Result) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Tensors">
      <table>
        <thead>
          <tr><th scope="col">Tensor</th><th scope="col">Type</th><th scope="col">Shape</th><th scope="col">File</th></tr>
        </thead>
        <tbody>
          ${tensors.map(({ name, type, shape: sides, file }) => {
            const artifact = artifactOf(this.job, file);
            return html`<tr>
              <th scope="row">${name}</th>
              <td>${type}</td>
              <td class="number">${shape(sides)}</td>
              <td>${artifact ? html`<a href=${artifact.href} download=${file}>${file}</a>, ${bytes(artifact.size)}` : file}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  /** What was done to the picture before its model saw it; not what was left out by chance. */
  private renderTransforms({ provenance }: Result) {
    const done = (provenance?.transforms ?? []).filter(({ p }) => p !== 0);
    if (done.length === 0) return nothing;
    return html`<h3>Transforms</h3>
      <ol class="steps">${done.map((transform) => html`<li>${transformWords(transform)}</li>`)}</ol>
      ${provenance?.seed === undefined ? nothing : this.renderFacts([['Seed', `${provenance.seed}`]])}`;
  }

  private renderFacts(facts: [string, string][]) {
    return html`<dl>${facts.map(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing))}</dl>`;
  }

  private tell(place: number | undefined): void {
    this.dispatchEvent(new CustomEvent('highlight', { detail: place }));
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 0.9rem;
      }

      h3,
      p {
        margin: 0;
      }

      h3 {
        margin-bottom: -0.4rem;
        font-size: 0.8125rem;
        font-weight: 600;
        color: var(--muted);
      }

      p {
        font-weight: 600;
      }

      .steps {
        margin: 0;
        padding-left: 1.25rem;
        font-size: 0.875rem;
        overflow-wrap: anywhere;
      }

      .objects {
        display: grid;
        max-height: 22rem;
        margin: -0.5rem 0 0;
        padding: 0;
        overflow: auto;
        list-style: none;
      }

      .objects button {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto 3.5rem;
        align-items: center;
        gap: 0.6rem;
        width: 100%;
        padding: 0.25rem 0.4rem;
        border-color: transparent;
        background: none;
        text-align: left;
      }

      .objects button:hover,
      .objects .pointed {
        background: var(--raised);
      }

      .objects button:focus-visible {
        outline-offset: -2px;
      }

      .objects .label {
        font-weight: 600;
      }

      .objects .number {
        font-size: 0.75rem;
        text-align: right;
      }

      .objects .number:last-child {
        font-size: 0.875rem;
      }

      svg {
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

      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.25rem 1rem;
        margin: 0;
        font-size: 0.875rem;
      }

      dt {
        color: var(--muted);
      }

      dd {
        margin: 0;
      }

      .scroll {
        overflow: auto;
      }

      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.8125rem;
      }

      th,
      td {
        padding: 0.3rem 0.75rem 0.3rem 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
        white-space: nowrap;
      }

      thead th {
        font-weight: 500;
        color: var(--muted);
      }

      pre {
        margin: 0;
        max-height: 24rem;
        overflow: auto;
        font: 0.9375em var(--mono);
      }
    `,
  ];
}
