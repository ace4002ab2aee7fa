/** A mesh as a GPU takes it. Lengths in metres, y up. */
export interface Mesh {
  positions: Float32Array; // x, y, z of each vertex
  normals: Float32Array; // likewise, of length 1, outwards
  triangles: Uint16Array | Uint32Array; // three vertices each
  color: [number, number, number]; // red, green, blue, linear, 0 to 1
}

const MAGIC = 0x46546c67; // "glTF"
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;
const FLOAT = 5126;
const UNSIGNED_SHORT = 5123;
const UNSIGNED_INT = 5125;

interface Accessor {
  bufferView: number;
  byteOffset?: number;
  componentType: number;
  count: number;
}

interface Gltf {
  meshes?: { primitives: { attributes: { POSITION: number; NORMAL: number }; indices: number; material?: number }[] }[];
  materials?: { pbrMetallicRoughness?: { baseColorFactor?: number[] } }[];
  accessors: Accessor[];
  bufferViews: { byteOffset?: number }[];
}

/**
 * Reads what the service writes (docs/formats/mesh.md): binary glTF 2.0 with at most one mesh of one primitive, which has
 * normals and indices. No mesh is `undefined`; anything else that glTF allows, and a broken file, throws.
 */
export function readGlb(file: ArrayBuffer): Mesh | undefined {
  const words = new DataView(file);
  if (words.getUint32(0, true) !== MAGIC || words.getUint32(4, true) !== 2) throw new Error('It is no binary glTF 2.0.');
  const textSize = words.getUint32(12, true);
  if (words.getUint32(16, true) !== JSON_CHUNK) throw new Error('Its first chunk is not JSON.');
  const gltf = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 20, textSize))) as Gltf;
  const primitive = gltf.meshes?.[0]?.primitives[0];
  if (!primitive) return undefined;
  const begin = 20 + textSize + 8;
  if (words.getUint32(begin - 4, true) !== BIN_CHUNK) throw new Error('Its second chunk is not binary.');

  const start = ({ bufferView, byteOffset = 0 }: Accessor) => begin + (gltf.bufferViews[bufferView].byteOffset ?? 0) + byteOffset;
  const vectors = (index: number) => {
    const accessor = gltf.accessors[index];
    if (accessor.componentType !== FLOAT) throw new Error('Its vectors are not float32.');
    return new Float32Array(file, start(accessor), accessor.count * 3);
  };
  const indices = gltf.accessors[primitive.indices];
  const Whole = { [UNSIGNED_SHORT]: Uint16Array, [UNSIGNED_INT]: Uint32Array }[indices.componentType];
  if (!Whole) throw new Error('Its indices have neither 16 nor 32 bits.');
  const material = primitive.material === undefined ? undefined : gltf.materials?.[primitive.material];
  const [red = 1, green = 1, blue = 1] = material?.pbrMetallicRoughness?.baseColorFactor ?? [];
  return {
    positions: vectors(primitive.attributes.POSITION),
    normals: vectors(primitive.attributes.NORMAL),
    triangles: new Whole(file, start(indices), indices.count),
    color: [red, green, blue],
  };
}
