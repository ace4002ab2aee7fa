// What needs no browser: words, addresses, timelines, and the order of the list.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../src/', import.meta.url));
if (!existsSync(new URL('../node_modules', import.meta.url))) {
  console.log('SKIP: ui/node_modules is missing (./dev setup)');
  process.exit(77);
}

// What the sources take of a browser, as far as these tests go.
globalThis.location = { origin: 'http://localhost:8080', hash: '' };
globalThis.requestAnimationFrame = (callback) => setImmediate(callback);
let answers = [];
globalThis.fetch = async () => new Response(JSON.stringify(answers.shift()));

const { adviceForJob, bytes, curlFor, decimal, duration, microseconds, percent, score, transformWords } = await load('words.ts');
const { parseRoute, formatRoute } = await load('state/route.ts');
const { colorOf, drawnFor, fewLabels, isWide, placeOf, regionWords, summaryOf, viewOf } = await load('results.ts');
const { START, shotOf, sphereOf, turned, zoomed } = await load('mesh/camera.ts');
const { readGlb } = await load('mesh/glb.ts');
const { stretchesOf, wholeDuration } = await load('timeline.ts');
const { barsOf } = await load('vector.ts');
const { problemOf } = await load('api/problem.ts');
const { Jobs } = await load('state/jobs.ts');

test('times keep their microseconds', () => {
  assert.equal(microseconds('1970-01-01T00:00:01.000002Z'), 1_000_002);
  assert.equal(microseconds('1970-01-01T00:00:01.5Z'), 1_500_000);
  assert.equal(microseconds('1970-01-01T00:00:01Z'), 1_000_000);
});

test('numbers are said as people say them', () => {
  assert.deepEqual([412, 9_960, 41_000, 2_900_000, 75_000_000].map(duration), ['412 µs', '10.0 ms', '41 ms', '2.9 s', '1 min 15 s']);
  assert.deepEqual([0, 0.0261, 0.99951, 1].map(percent), ['0%', '2.6%', '100%', '100%']);
  assert.deepEqual([999, 17_300, 251_374, 25_000_000].map(bytes), ['999 bytes', '17.3 kB', '251 kB', '25.0 MB']);
});

test('a score is a likelihood, or a number where the network answers with others', () => {
  assert.deepEqual([0.9, 0, 1, 12.3456, -3].map(score), ['90.0%', '0%', '100%', '12.35', '-3']);
  assert.deepEqual([0.042134, 8192, 0, 0.0000012, -1234.5].map(decimal), ['0.04213', '8,192', '0', '1.20e-6', '-1,235']);
});

const LABELS = [{ label: 'oak', index: 3, score: 0.7 }, { label: 'ash', index: 1, score: 0.3 }];
const RESULTS = {
  labels: { task: 'classification', labels: LABELS },
  boxes: { task: 'detection', objects: [{ label: 'cat', index: 0, score: 0.9, box: [2, 1, 8, 4] }] },
  areas: { task: 'segmentation', classes: [{ label: 'sky', index: 2, share: 0.625, color: '#00ff00' }] },
  depth: { task: 'depth', depth: { min: 0.5, max: 7.25, near: 'small', width: 8, height: 8 } },
  picture: { task: 'image-to-image', picture: { width: 64, height: 64 } },
  vector: { task: 'embedding', embedding: Array(512).fill(0.1), length: 17.25 },
  solid: { task: 'image-to-voxels', voxels: { side: 32, solid: 4120, threshold: 0.5, metres: 1 }, mesh: { vertices: 9, triangles: 1 } },
  tensors: { task: 'raw', tensors: [{ name: 'scores', type: 'float32', shape: [1, 3], file: 'scores.npy' }] },
};

test('each task has its view, and what is not known is shown as it is', () => {
  for (const [view, result] of Object.entries(RESULTS)) assert.equal(viewOf(result), view);
  for (const result of [undefined, { task: 'smell' }, { task: 'noop', labels: [] }, { task: 'depth' }]) {
    assert.equal(viewOf(result), 'other', 'also a task without what its view lives on');
  }
});

test('a card says in a few words what came out', () => {
  const said = Object.values(RESULTS).map((result) => Object.values(summaryOf(result)).join(' | '));
  assert.deepEqual(said, [
    ' | ', '1 object | cat 90.0%', '1 class | sky 62.5%', 'Depth | 0.5 to 7.25', 'Picture | 64 × 64',
    '512 numbers | length 17.25', '4,120 voxels | 1 triangle', '1 tensor | scores 1 × 3',
  ]);
  assert.equal(summaryOf({ task: 'detection', objects: [] }).headline, 'No object');
  assert.equal(summaryOf({ task: 'classification', labels: [] }).headline, 'No label', 'none of several that may hold');
  const five = { task: 'detection', objects: Array(5).fill(RESULTS.boxes.objects[0]) };
  assert.equal(summaryOf(five).detail, 'cat 90.0%, cat 90.0%, cat 90.0% and 2 more');
});

test('of several heads a card has the best of each', () => {
  const result = { task: 'classification', labels: LABELS, heads: { wood: { labels: LABELS }, age: { labels: [] }, form: { labels: LABELS.slice(1) } } };
  assert.deepEqual(fewLabels(result, 3).map(({ label }) => label), ['wood: oak', 'form: ash']);
  assert.deepEqual(fewLabels(RESULTS.labels, 1).map(({ label }) => label), ['oak']);
});

test('a card shows what was drawn, unless that is too much for it', () => {
  const job = (size) => ({ state: 'succeeded', result: RESULTS.areas, artifacts: [{ name: 'overlay.png', size }] });
  assert.equal(drawnFor(job(300_000)).name, 'overlay.png');
  assert.equal(drawnFor(job(20_000_000)), undefined);
  assert.equal(drawnFor({ ...job(1), result: RESULTS.boxes }), undefined, 'frames are drawn by the page');
});

test('a result lies on the picture where its network saw it', () => {
  const job = { state: 'succeeded', input: { width: 500, height: 400 } };
  const cut = { ...RESULTS.picture, region: [50, 0, 400, 400] };
  assert.deepEqual(placeOf(job, cut), { left: 10, top: 0, width: 80, height: 100 });
  assert.equal(regionWords(job, cut), '400 × 400 of the picture, at 50, 0');
  const padded = { ...RESULTS.picture, region: [0, -50, 500, 500] };
  assert.deepEqual(placeOf(job, padded), { left: 0, top: -12.5, width: 100, height: 125 });
  assert.equal(regionWords(job, padded), '', 'all of it');
  assert.equal(isWide(job, cut), false);
});

test('what was made of a transformed picture stands beside the one that was handed in', () => {
  const job = { state: 'succeeded', input: { width: 64, height: 64 }, artifacts: [{ name: 'boxes.png', size: 1 }] };
  const flip = { op: 'flip', direction: 'horizontal' };
  const done = { transforms: [flip] }, left = { transforms: [{ ...flip, p: 0 }] };
  const transformed = { ...RESULTS.picture, task: 'transform' };
  assert.equal(viewOf(transformed), 'picture');
  assert.equal(isWide(job, transformed), false, 'nothing was done');
  assert.equal(isWide(job, { ...transformed, provenance: left }), false, 'left out by chance');
  for (const result of [transformed, RESULTS.areas, { ...RESULTS.picture, region: [0, 0, 64, 64] }]) {
    assert.equal(isWide(job, { ...result, provenance: done }), true);
  }
  assert.equal(drawnFor({ ...job, result: { ...RESULTS.boxes, provenance: done } }).name, 'boxes.png');
  assert.equal(transformWords(flip), 'flip: direction horizontal');
  assert.equal(transformWords({ op: 'cutout', width: 2, height: 3, boxes: [1, 2] }), 'cutout: width 2, height 3, boxes 1 2');
  assert.equal(transformWords({ op: 'grayscale' }), 'grayscale');
});

test('classes have the colours that the service draws them in', () => {
  // ColorOf of src/model/tasks/postprocessor.cc
  assert.deepEqual([0, 1, 2].map(colorOf), ['#ff2626', '#26ff65', '#a526ff']);
});

test('a vector has few bars, each the farthest from zero of its share', () => {
  assert.deepEqual(barsOf([1, -2, 0.5, 0], 2), [-1, 0.25]);
  assert.deepEqual(barsOf([0, 0], 8), [0, 0]);
  assert.deepEqual(barsOf([], 8), []);
});

test('the eye sees all of a mesh, its front first, upright', () => {
  const corners = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].flatMap((z) => [x + 5, 2 * y, z])));
  const sphere = sphereOf(new Float32Array(corners));
  assert.deepEqual([sphere.centre, sphere.radius], [[5, 0, 0], Math.sqrt(6)]);
  const seen = (shot, [x, y, z]) => {
    const [right, up, depth, w] = [0, 1, 2, 3].map((r) => [x, y, z, 1].reduce((sum, part, c) => sum + part * shot.matrix[c * 4 + r], 0));
    return [right / w, up / w, depth / w];
  };
  for (const aspect of [0.5, 1, 2.5]) {
    for (const orbit of [START, { yaw: 2, pitch: -1.5, zoom: 1 }]) {
      for (let i = 0; i < corners.length; i += 3) {
        const place = seen(shotOf({ ...orbit, zoom: 1 }, sphere, aspect), corners.slice(i, i + 3));
        assert.ok(place.every((part) => Math.abs(part) <= 1), `${place}`);
      }
    }
  }
  const front = shotOf({ yaw: 0, pitch: 0, zoom: 1 }, sphere, 1);
  assert.ok(seen(front, [6, 0, 0])[0] > 0.1, 'x to the right');
  assert.ok(seen(front, [5, 1, 0])[1] > 0.1, 'y up');
  assert.ok(seen(front, [5, 0, 1])[2] < seen(front, [5, 0, -1])[2], 'z to the front');
  const fromRight = shotOf(turned({ yaw: 0, pitch: 0, zoom: 1 }, Math.PI / 2, 0), sphere, 1);
  assert.ok(seen(fromRight, [6, 0, 0])[2] < seen(fromRight, [4, 0, 0])[2], 'the eye went to the right');
  assert.ok(Math.abs(turned(START, 0, 9).pitch) < Math.PI / 2, 'never over the top');
  assert.deepEqual([zoomed(START, 100).zoom, zoomed(START, 0.01).zoom], [6, 1]);
});

test('a mesh is read from its file; a broken file is told', () => {
  const mesh = readGlb(glbOf({ componentType: 5123 }));
  assert.deepEqual([...mesh.positions], [0, 0, 0, 1, 0, 0, 0, 1, 0]);
  assert.deepEqual([...mesh.normals.slice(0, 3)], [0, 0, 1]);
  assert.deepEqual([...mesh.triangles], [0, 1, 2]);
  assert.deepEqual(mesh.color, [0.6, 0.45, 0.3]);
  assert.equal(readGlb(glbOf({ componentType: 5123 }, { meshes: undefined })), undefined, 'nothing was solid');
  assert.throws(() => readGlb(glbOf({ componentType: 5121 })), /16 nor 32 bits/);
  assert.throws(() => readGlb(new TextEncoder().encode('<!doctype html><p>404</p>').buffer), /no binary glTF/);
  const whole = glbOf({ componentType: 5123 });
  for (let size = 0; size < whole.byteLength - 2; size++) assert.throws(() => readGlb(whole.slice(0, size)), undefined, `${size}`);
});

test('an address names a job and a filter, and is read back', () => {
  const route = { job: '0192-ab', filter: { state: 'failed', model: 'a b', batch: undefined } };
  assert.equal(formatRoute(route), '#/jobs/0192-ab?state=failed&model=a+b');
  assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.equal(formatRoute(parseRoute('#/?state=nonsense')), '#/');
});

test('a timeline has a stretch for each step that was taken', () => {
  const at = (micros) => `2026-11-21T10:00:00.${String(micros).padStart(6, '0')}Z`;
  const stretches = stretchesOf({ received: at(0), queued: at(100), started: at(300), settled: at(900) });
  assert.deepEqual(stretches.map(({ begin, end, waiting }) => [begin, end, waiting]), [[0, 100, false], [100, 300, true], [300, 900, false]]);
  assert.equal(wholeDuration({ received: at(500), settled: at(200) }), 0, 'the clock of another machine runs behind');
});

test('a refusal is told in the words of the service, or by its number', () => {
  const refusal = problemOf(429, '{"code":"queue_full","title":"Too many jobs","detail":"10,000 wait."}', '7');
  assert.deepEqual([refusal.message, refusal.code, refusal.retryAfter, refusal.passes], ['10,000 wait.', 'queue_full', 7, true]);
  assert.equal(problemOf(502, '<html>', null).message, 'The service answered 502.');
  assert.equal(problemOf(415, '{}', null).passes, false);
});

test('each failure has advice of its own', () => {
  const codes = ['bad_image', 'too_large', 'no_model', 'model_error', 'input_gone', 'killed_worker', 'model_quarantined', 'gave_up'];
  const advice = codes.map((code) => adviceForJob({ state: 'failed', error: { code } }));
  assert.equal(new Set(advice).size, codes.length);
});

test('a file name cannot break out of the shell command', () => {
  const job = { model: { name: 'm' }, input: { file_name: `it's "x".jpg`, content_type: 'image/jpeg' } };
  assert.equal(
    curlFor(job),
    `curl -H 'Prefer: wait=30' -F 'model=m' -F 'file=@"it'\\''s \\"x\\".jpg";type=image/jpeg' http://localhost:8080/v1/jobs`,
  );
});

test('news that come late do not turn a state back', () => {
  const jobs = new Jobs();
  jobs.put(jobOf('a', 'succeeded'));
  jobs.put(jobOf('a', 'running'));
  assert.equal(jobs.get('a').state, 'succeeded');
});

test('the list is newest first and never has gaps', async () => {
  const jobs = new Jobs();
  answers = [{ jobs: [jobOf('d', 'failed'), jobOf('c', 'failed')], next_cursor: 'more' }];
  await jobs.setFilter({ state: 'failed' });
  jobs.put(jobOf('e', 'failed'));
  jobs.put(jobOf('a', 'failed')); // older than what was loaded: "b" may be missing before it
  jobs.put(jobOf('f', 'queued'));
  assert.equal(names(jobs), 'e d c');
  answers = [{ jobs: [jobOf('b', 'failed'), jobOf('a', 'failed')], next_cursor: null }];
  await jobs.loadOlder();
  assert.equal(names(jobs), 'e d c b a');
  jobs.put(jobOf('y', 'failed'));
  answers = [{ jobs: [jobOf('y', 'failed'), jobOf('x', 'failed')], next_cursor: 'more' }];
  await jobs.refresh(); // more than a page came in since: the list begins anew, though "y" was known
  assert.equal(names(jobs), 'y x');
});

function jobOf(id, state) {
  return { id, state, batch: 'b', index: 0, model: { name: 'm' } };
}

function names(jobs) {
  return jobs.list().map(({ id }) => id).join(' ');
}

/** A triangle. @param {object} indices of the accessor of its indices @param {object} changes to the JSON */
function glbOf(indices, changes = {}) {
  const floats = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1]);
  const binary = Buffer.concat([Buffer.from(floats.buffer), Buffer.from([0, 0, 1, 0, 2, 0, 0, 0])]);
  const gltf = {
    meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1 }, indices: 2, material: 0 }] }],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [0.6, 0.45, 0.3, 1] } }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3 },
      { bufferView: 1, componentType: 5126, count: 3 },
      { bufferView: 2, count: 3, ...indices },
    ],
    bufferViews: [{ byteOffset: 0 }, { byteOffset: 36 }, { byteOffset: 72 }],
    ...changes,
  };
  const text = Buffer.from(JSON.stringify(gltf));
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')]);
  const words = (...numbers) => Buffer.from(new Uint32Array(numbers).buffer);
  const size = 12 + 8 + padded.length + 8 + binary.length;
  const file = Buffer.concat([words(0x46546c67, 2, size, padded.length, 0x4e4f534a), padded, words(binary.length, 0x004e4942), binary]);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
}

/** A module of the sources, as esbuild makes it. @param {string} path */
async function load(path) {
  const { build } = await import('esbuild');
  const bundle = await build({ entryPoints: [sources + path], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`);
}
