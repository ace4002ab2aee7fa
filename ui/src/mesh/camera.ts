type Vector = [number, number, number];

/** Where the eye is on its sphere around what it looks at. Radians; at 0, 0 it sees the front, which looks to +z. */
export interface Orbit {
  yaw: number; // to the right
  pitch: number; // upwards
  zoom: number; // 1 shows all of it
}

// As the service's preview is drawn (docs/formats/mesh.md), for which the mesh takes its place. The corners of its sphere
// are seldom needed.
export const START: Orbit = { yaw: (35 * Math.PI) / 180, pitch: (20 * Math.PI) / 180, zoom: 1.15 };

const FIELD_OF_VIEW = 0.6; // of the frame's shorter side
const HIGHEST = 1.5; // nearly straight from above
const MOST_ZOOM = 6;

export function turned({ yaw, pitch, zoom }: Orbit, right: number, up: number): Orbit {
  return { yaw: (yaw + right) % (2 * Math.PI), pitch: Math.max(-HIGHEST, Math.min(HIGHEST, pitch + up)), zoom };
}

export function zoomed({ yaw, pitch, zoom }: Orbit, factor: number): Orbit {
  return { yaw, pitch, zoom: Math.max(1, Math.min(MOST_ZOOM, zoom * factor)) };
}

/** The sphere that the mesh is in. */
export interface Sphere {
  centre: Vector;
  radius: number;
}

export function sphereOf(positions: Float32Array): Sphere {
  const low: Vector = [Infinity, Infinity, Infinity];
  const high: Vector = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    low[i % 3] = Math.min(low[i % 3], positions[i]);
    high[i % 3] = Math.max(high[i % 3], positions[i]);
  }
  const centre = low.map((side, axis) => (side + high[axis]) / 2) as Vector;
  return { centre, radius: Math.hypot(...high.map((side, axis) => side - centre[axis])) || 1 };
}

export interface Shot {
  matrix: Float32Array; // from the mesh's space to the clip space of WebGL, by columns
  light: Vector; // where the light comes from: over the left shoulder of who looks
}

/** `aspect` is the frame's width over its height. */
export function shotOf({ yaw, pitch, zoom }: Orbit, { centre, radius }: Sphere, aspect: number): Shot {
  const back: Vector = [Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)];
  const right: Vector = [Math.cos(yaw), 0, -Math.sin(yaw)];
  const up = cross(back, right);
  const distance = radius / Math.sin(FIELD_OF_VIEW / 2);
  const near = distance - radius * 1.05;
  const far = distance + radius * 1.05;
  const focus = zoom / Math.tan(FIELD_OF_VIEW / 2);
  const across = aspect > 1 ? focus / aspect : focus;
  const along = aspect > 1 ? focus : focus * aspect;
  const depth = (far + near) / (near - far);
  // Rows of the product of projection and view, as each takes a point's x, y, z and 1.
  const row = (axis: Vector, scale: number) => [...axis.map((part) => part * scale), -dot(axis, centre) * scale];
  const behind = row(back, 1); // how far towards the eye a point is from the centre
  const rows = [
    row(right, across),
    row(up, along),
    [...behind.slice(0, 3).map((part) => part * depth), (behind[3] - distance) * depth + (2 * far * near) / (near - far)],
    [...behind.slice(0, 3).map((part) => -part), distance - behind[3]],
  ];
  const matrix = new Float32Array(16);
  rows.forEach((numbers, r) => numbers.forEach((number, c) => (matrix[c * 4 + r] = number)));
  const light = back.map((part, axis) => part * 0.7 + up[axis] * 0.6 - right[axis] * 0.4) as Vector;
  const length = Math.hypot(...light);
  return { matrix, light: light.map((part) => part / length) as Vector };
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
