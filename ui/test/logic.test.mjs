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

const { adviceForJob, bytes, curlFor, duration, microseconds, percent } = await load('words.ts');
const { parseRoute, formatRoute } = await load('state/route.ts');
const { stretchesOf, wholeDuration } = await load('timeline.ts');
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
  const codes = ['bad_image', 'too_large', 'no_model', 'model_error', 'input_gone', 'gave_up'];
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

/** A module of the sources, as esbuild makes it. @param {string} path */
async function load(path) {
  const { build } = await import('esbuild');
  const bundle = await build({ entryPoints: [sources + path], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`);
}
