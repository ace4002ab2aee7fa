import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { START, shotOf, sphereOf, turned, zoomed, type Orbit, type Sphere } from '../mesh/camera.js';
import { readGlb } from '../mesh/glb.js';
import { Renderer } from '../mesh/renderer.js';
import { controls } from '../styles/controls.js';
import { hideBroken, showAgain } from './broken-image.js';

const RADIANS_A_PIXEL = 0.01;
const RADIANS_A_KEY = 0.15;
const ZOOM_A_KEY = 1.2;

const WORDS = {
  loading: 'Loading',
  live: 'Drag to turn',
  empty: 'Nothing of it is solid.',
  broken: 'The mesh could not be shown.',
  'no-webgl': 'This browser cannot show it in 3D.',
};

/**
 * A mesh that turns under the mouse, a finger or the arrow keys. Until it is there, and where it cannot be drawn, the
 * service's preview stands in its place. It draws only when something moved. There should be one at a time: a browser has
 * few WebGL contexts.
 */
@customElement('dr-mesh')
export class MeshView extends LitElement {
  /** A GLB of the service's. */
  @property() src = '';
  @property() preview = '';
  /** What the mesh is, for those who do not see it. */
  @property() name = '';
  @state() private phase: keyof typeof WORDS = 'loading';
  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  private orbit: Orbit = START;
  private sphere?: Sphere;
  private renderer?: Renderer;
  private frame = 0;
  private loading?: AbortController;
  private readonly observer = new ResizeObserver(() => this.drawSoon());

  override render() {
    const live = this.phase === 'live';
    return html`
      <canvas tabindex="0" role="img" aria-label="${this.name}; the arrow keys turn it" ?hidden=${!live}
        @pointerdown=${this.grab} @pointermove=${this.drag} @wheel=${this.onWheel} @keydown=${this.onKey}
        @webglcontextlost=${() => (this.phase = 'no-webgl')}></canvas>
      ${!live && this.preview
        ? html`<img src=${this.preview} alt=${this.name} @error=${hideBroken} @load=${showAgain} />`
        : nothing}
      <p class="muted" role="status">${WORDS[this.phase]}</p>
    `;
  }

  override updated(changed: Map<string, unknown>): void {
    if (changed.has('src')) void this.load();
    if (changed.has('phase')) this.drawSoon();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.loading?.abort();
    cancelAnimationFrame(this.frame);
    this.renderer?.release();
  }

  private async load(): Promise<void> {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    this.phase = 'loading';
    this.orbit = START;
    try {
      const response = await fetch(this.src, { signal: loading.signal });
      if (!response.ok) throw new Error(`The service answered ${response.status}.`);
      const mesh = readGlb(await response.arrayBuffer());
      if (loading.signal.aborted) return;
      this.renderer ??= Renderer.of(this.canvas);
      if (mesh && this.renderer) {
        this.sphere = sphereOf(mesh.positions);
        this.renderer.take(mesh);
      }
      this.phase = !mesh ? 'empty' : this.renderer ? 'live' : 'no-webgl';
    } catch {
      if (!loading.signal.aborted) this.phase = 'broken';
    }
  }

  private drawSoon(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const { clientWidth, clientHeight } = this.canvas;
      if (this.phase !== 'live' || !this.sphere || clientWidth === 0 || clientHeight === 0) return;
      const scale = Math.min(devicePixelRatio, 2);
      const shot = shotOf(this.orbit, this.sphere, clientWidth / clientHeight);
      this.renderer?.draw(shot, Math.round(clientWidth * scale), Math.round(clientHeight * scale));
    });
  }

  private move(orbit: Orbit): void {
    this.orbit = orbit;
    this.drawSoon();
  }

  private grab(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
  }

  // A mesh that is dragged to the right turns to the right: the eye goes left.
  private drag(event: PointerEvent): void {
    if (!this.canvas.hasPointerCapture(event.pointerId)) return;
    this.move(turned(this.orbit, -event.movementX * RADIANS_A_PIXEL, event.movementY * RADIANS_A_PIXEL));
  }

  // The wheel scrolls the page unless the mesh was clicked at.
  private onWheel(event: WheelEvent): void {
    if (this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement !== this.canvas) return;
    event.preventDefault();
    this.move(zoomed(this.orbit, Math.exp(-event.deltaY / 500)));
  }

  private onKey(event: KeyboardEvent): void {
    const moved: Record<string, () => Orbit> = {
      ArrowLeft: () => turned(this.orbit, -RADIANS_A_KEY, 0),
      ArrowRight: () => turned(this.orbit, RADIANS_A_KEY, 0),
      ArrowUp: () => turned(this.orbit, 0, RADIANS_A_KEY),
      ArrowDown: () => turned(this.orbit, 0, -RADIANS_A_KEY),
      '+': () => zoomed(this.orbit, ZOOM_A_KEY),
      '-': () => zoomed(this.orbit, 1 / ZOOM_A_KEY),
      Home: () => START,
    };
    const next = moved[event.key];
    if (!next) return;
    event.preventDefault();
    this.move(next());
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-rows: minmax(0, 1fr) auto;
        width: 100%;
        height: min(26rem, 60dvh);
      }

      canvas,
      img {
        grid-area: 1 / 1;
        width: 100%;
        height: 100%;
        min-height: 0;
        border-radius: 3px;
        object-fit: contain;
      }

      /* A finger that goes up or down scrolls the page. */
      canvas {
        cursor: grab;
        touch-action: pan-y pinch-zoom;
      }

      canvas:active {
        cursor: grabbing;
      }

      p {
        margin: 0;
        font-size: 0.8125rem;
        text-align: center;
      }
    `,
  ];
}
