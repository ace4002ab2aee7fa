import type { Shot } from './camera.js';
import type { Mesh } from './glb.js';

const VERTEX = `#version 300 es
uniform mat4 view;
in vec3 position;
in vec3 normal;
out vec3 outwards;
void main() {
  outwards = normal;
  gl_Position = view * vec4(position, 1.0);
}`;

// A matte surface under one light and a sky that is brighter than the ground; then from linear light to sRGB.
const FRAGMENT = `#version 300 es
precision mediump float;
uniform vec3 color;
uniform vec3 light;
in vec3 outwards;
out vec4 pixel;
void main() {
  vec3 n = normalize(outwards);
  float sky = mix(0.25, 0.5, n.y * 0.5 + 0.5);
  float shine = 0.6 * max(dot(n, light), 0.0);
  pixel = vec4(pow(min(color * (sky + shine), 1.0), vec3(1.0 / 2.2)), 1.0);
}`;

/** Draws a mesh into a canvas with WebGL 2, on a clear ground, whenever it is told to and never else. */
export class Renderer {
  private count = 0; // of indices
  private type = 0;
  private buffers: WebGLBuffer[] = [];
  private readonly program: WebGLProgram;

  /** Undefined where the browser has no WebGL 2. */
  static of(canvas: HTMLCanvasElement): Renderer | undefined {
    const gl = canvas.getContext('webgl2', { antialias: true });
    return gl ? new Renderer(gl) : undefined;
  }

  private constructor(private readonly gl: WebGL2RenderingContext) {
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.CULL_FACE);
    this.program = program;
  }

  /** What is drawn from now on, in place of what was before. */
  take({ positions, normals, triangles, color }: Mesh): void {
    const { gl, program } = this;
    for (const buffer of this.buffers.splice(0)) gl.deleteBuffer(buffer);
    this.fill('position', positions);
    this.fill('normal', normals);
    this.upload(gl.ELEMENT_ARRAY_BUFFER, triangles);
    gl.uniform3f(gl.getUniformLocation(program, 'color'), ...color);
    this.count = triangles.length;
    this.type = triangles instanceof Uint16Array ? gl.UNSIGNED_SHORT : gl.UNSIGNED_INT;
  }

  /** Width and height in pixels of the screen. */
  draw({ matrix, light }: Shot, width: number, height: number): void {
    const { gl, program } = this;
    if (gl.canvas.width !== width || gl.canvas.height !== height) Object.assign(gl.canvas, { width, height });
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.uniformMatrix4fv(gl.getUniformLocation(program, 'view'), false, matrix);
    gl.uniform3f(gl.getUniformLocation(program, 'light'), ...light);
    gl.drawElements(gl.TRIANGLES, this.count, this.type, 0);
  }

  /** Gives the GPU's memory back at once: a page has few contexts. */
  release(): void {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private fill(name: string, numbers: Float32Array): void {
    const { gl, program } = this;
    const place = gl.getAttribLocation(program, name);
    this.upload(gl.ARRAY_BUFFER, numbers);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
  }

  private upload(target: number, numbers: Float32Array | Uint16Array | Uint32Array): void {
    const { gl } = this;
    const buffer = gl.createBuffer();
    this.buffers.push(buffer);
    gl.bindBuffer(target, buffer);
    gl.bufferData(target, numbers, gl.STATIC_DRAW);
  }
}
