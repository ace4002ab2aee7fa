// The whole way of a picture, in a real browser with the real program.
//   DARKROOM_BIN  the program (build/release/darkroom)
//   CHROMIUM      the browser (Debian's)
//   SHOTS         a folder for screenshots; none are made without it
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Watchdog, browserProgram, launch, standIn } from './browser.mjs';
import { fits, shoot as shootPage, skipUnless, violations } from './checks.mjs';
import { plainPictures } from './pictures.mjs';
import { Service } from './service.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.DARKROOM_BIN ?? join(project, 'build/release/darkroom');
const sampleFolder = join(project, 'models/furniture/samples');

skipUnless(existsSync(join(project, 'ui/node_modules')), 'ui/node_modules is missing (./dev setup)');
skipUnless(browserProgram, 'there is no Chromium');
skipUnless(existsSync(program), `${program} is not built`);

const { chromium } = await import('playwright-core');
const samples = readdirSync(sampleFolder).sort().map((name) => ({
  name,
  mimeType: `image/${name.endsWith('.jpg') ? 'jpeg' : name.split('.').at(-1)}`,
  buffer: readFileSync(join(sampleFolder, name)),
}));
const broken = { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('These are notes, not a picture.') };
const data = mkdtempSync(join(tmpdir(), 'darkroom-page-'));

/** @type {Service} */ let service;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {import('playwright-core').Page} */ let page;
/** @type {Watchdog} */ let watchdog;

before(async () => {
  service = await Service.start({ program, data });
  watchdog = new Watchdog(service.origin);
  browser = await launch(chromium);
  page = await open({ colorScheme: 'dark', viewport: { width: 1280, height: 900 } });
});

after(async () => {
  await browser?.close();
  const code = await service?.stop();
  rmSync(data, { recursive: true, force: true });
  assert.equal(code, 0, 'darkroom up ends with 0 on SIGTERM');
});

test('an empty service says what to do', async () => {
  await page.getByRole('heading', { name: 'The sheet is empty' }).waitFor();
  await page.getByLabel('Model', { exact: true }).waitFor();
  assert.equal(await page.getByLabel('Model', { exact: true }).inputValue(), 'furniture');
  await page.getByText(/worker.? ready/).waitFor();
  await shoot('empty-dark');
});

test('pictures that are picked become results with bars, told by events', async () => {
  const status = await get('/v1/status'); // seen from the status, nothing changes: the list has no cause to ask again
  await page.route('**/v1/status', (route) => route.fulfill({ json: status }));
  await pick(samples);
  const roll = page.getByRole('region', { name: `${samples.length} pictures handed in` });
  await roll.getByText('All done').waitFor();
  await page.unroute('**/v1/status');
  await cards().nth(samples.length - 1).waitFor();
  assert.equal(await cards().count(), samples.length);
  const { jobs } = await get('/v1/jobs');
  for (const [index, job] of jobs.entries()) {
    assert.equal(job.state, 'succeeded', JSON.stringify(job.error));
    const [best] = job.result.labels;
    const card = cards().nth(index); // both are newest first
    await card.getByText(best.label, { exact: true }).waitFor();
    await card.getByText(`${(best.score * 100).toFixed(1)}%`, { exact: true }).first().waitFor();
    const bar = await card.locator('rect.bar').first().getAttribute('width');
    assert.ok(Math.abs(Number(bar) - best.score * 100) < 0.01, 'the bar is as long as the score');
  }
  await shoot('done-dark');
});

test('details tell the timeline, can be linked to, and are left by Escape', async () => {
  await cards().nth(2).click();
  const dialog = page.getByRole('dialog');
  const { jobs } = await get('/v1/jobs');
  await dialog.getByRole('heading', { name: jobs[2].input.file_name }).waitFor();
  assert.ok(page.url().endsWith(`#/jobs/${jobs[2].id}`));
  for (const step of ['Waited in the queue', 'Fetched', 'Waited for a core, decoded', 'Model ran', 'Stored', 'Settled', 'Altogether']) {
    await dialog.getByText(step, { exact: true }).waitFor();
  }
  await shoot('details-dark');
  await page.keyboard.press('ArrowRight');
  await dialog.getByRole('heading', { name: jobs[3].input.file_name }).waitFor();

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dialog.getByRole('button', { name: 'Copy JSON' }).click();
  await dialog.getByText('Copied').waitFor();
  assert.equal(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())).id, jobs[3].id);

  await page.reload();
  await dialog.getByRole('heading', { name: jobs[3].input.file_name }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.waitForURL(/#\/$/);
});

test('a broken picture says why; its neighbours go on', async () => {
  await pick([broken, ...samples.slice(0, 3)]);
  await page.getByRole('region', { name: '4 pictures handed in' }).getByText('All done, 1 without a result').waitFor();
  const card = cards().filter({ hasText: 'notes.jpg' });
  await card.getByText('Failed').waitFor();
  const [job] = (await get('/v1/jobs?state=failed')).jobs;
  await card.getByText(job.error.message).waitFor();

  await watchdog.expecting(/status of 415/, async () => {
    await pick([broken]);
    const refusal = page.getByRole('region', { name: '1 picture handed in' });
    await refusal.getByRole('alert').getByText('notes.jpg').waitFor();
    await refusal.getByText('Hand in whole JPEG, PNG or WebP pictures').waitFor();
    await shoot('refused-dark');
    await refusal.getByRole('button', { name: 'Dismiss' }).click();
  });
});

test('the list is filtered by state, and the address keeps the filter', async () => {
  await stateLink('Failed').click();
  await cards().nth(1).waitFor({ state: 'detached' });
  assert.equal(await cards().count(), 1);
  await page.reload();
  await cards().filter({ hasText: 'notes.jpg' }).waitFor();
  assert.equal(await cards().count(), 1);
  await stateLink('Cancelled').click();
  await page.getByText('No job is like that.').waitFor();
  await page.getByRole('link', { name: 'Show all jobs' }).click();
  await cards().nth(samples.length).waitFor();
});

for (const colorScheme of ['light', 'dark']) {
  test(`on a phone nothing is wider than the screen (${colorScheme})`, async () => {
    const phone = await open({ colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const fitsAll = async (name) => {
      for (const width of [360, 414, 390]) {
        await phone.setViewportSize({ width, height: 844 });
        assert.ok(await fits(phone), `${name} at ${width}`);
      }
      await shoot(name, phone);
    };
    await phone.locator('dr-card').first().waitFor();
    await fitsAll(`phone-${colorScheme}`);
    await phone.goto(`${service.origin}/#/?state=succeeded`);
    await phone.locator('dr-card a').first().click();
    await phone.getByRole('dialog').getByText('Altogether').waitFor();
    await fitsAll(`phone-details-${colorScheme}`);
    await phone.context().close();
  });

  test(`a check of accessibility finds nothing (${colorScheme})`, async () => {
    const other = await open({ colorScheme, viewport: { width: 1280, height: 900 } });
    await other.locator('dr-card a').first().waitFor();
    await shoot(`list-${colorScheme}`, other);
    assert.deepEqual(await violations(other), []);
    await other.goto(`${service.origin}/#/?state=succeeded`);
    await other.locator('dr-card a').last().click();
    await other.getByRole('dialog').getByText('Altogether').waitFor();
    await shoot(`details-${colorScheme}`, other);
    assert.deepEqual(await violations(other), []);
    await other.context().close();
  });
}

test('a picture can be dropped or pasted', async () => {
  for (const [kind, type] of [['drop', 'DragEvent'], ['paste', 'ClipboardEvent']]) {
    const [picture] = plainPictures(1);
    await page.evaluate(
      ({ kind, type, name, bytes }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }));
        const options = { bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer };
        document.body.dispatchEvent(type === 'DragEvent' ? new DragEvent(kind, options) : new ClipboardEvent(kind, options));
      },
      { kind, type, name: `${kind}.png`, bytes: [...picture.buffer] },
    );
    await cards().filter({ hasText: `${kind}.png` }).getByText('%').first().waitFor();
  }
});

test('everything can be done by keyboard alone', async () => {
  const chooser = page.waitForEvent('filechooser');
  await tabTo(() => page.getByRole('button', { name: 'Choose pictures' }));
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(plainPictures(1));
  await tabTo(() => stateLink('Done'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/state=succeeded/);
  await cards().first().waitFor();
  await tabTo(() => cards().first());
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.ok(await hasFocus(cards().first()), 'the focus is back where it was');
  await page.goto(`${service.origin}/#/`);
});

test('a thousand pictures: live progress, few cards, the rest can be cancelled', async () => {
  await page.evaluate(() => {
    window.seen = new Set();
    const look = () => {
      const roll = document.querySelector('darkroom-app').shadowRoot.querySelector('dr-roll');
      const words = roll?.shadowRoot.querySelector('.progress')?.textContent ?? '';
      window.seen.add(/^Uploading/.test(words) ? 'upload' : /^[1-9]\d* of 1,000 done/.test(words) ? 'progress' : words);
      requestAnimationFrame(look);
    };
    look();
  });
  // The workers stand still but for a moment, so that a slow page sees them in the middle of it.
  const done = async () => (await get('/v1/status')).jobs.succeeded;
  const before = await done();
  service.hold(true);
  await pick(plainPictures(1000));
  const roll = page.getByRole('region', { name: '1,000 pictures handed in' });
  await roll.waitFor();
  service.hold(false);
  while ((await done()) === before);
  service.hold(true);
  await roll.getByText(/^[1-9]\d* of 1,000 done/).waitFor();
  await shoot('thousand-dark');
  assert.equal(await cards().count(), 48);
  const cancellations = [];
  const count = (request) => request.method() === 'DELETE' && cancellations.push(request.url());
  page.on('request', count);
  await roll.getByRole('button', { name: 'Cancel the rest' }).click();
  service.hold(false);
  await roll.getByText(/^All done, [\d,]+ without a result/).waitFor({ timeout: 60_000 });
  page.off('request', count);
  assert.equal(cancellations.length, 1, 'one request for all of them');
  const seen = await page.evaluate(() => [...window.seen]);
  assert.ok(seen.includes('upload') && seen.includes('progress'), `seen: ${seen}`);
  const { jobs } = await get('/v1/jobs?state=cancelled&limit=1000');
  assert.ok(jobs.length > 0);
  await page.getByRole('button', { name: 'Show more' }).click();
  await cards().nth(95).waitFor();
});

test('more pictures than the service takes at once are handed in as several rolls', async () => {
  const status = await get('/v1/status');
  const limits = { ...status.limits, files: 2 };
  await page.route('**/v1/status', (route) => route.fulfill({ json: { ...status, limits } }));
  await page.reload();
  await page.getByText(/worker.? ready/).waitFor();
  await pick(plainPictures(3));
  for (const name of ['2 pictures handed in', '1 picture handed in']) {
    await page.getByRole('region', { name }).getByText('All done').waitFor();
  }
  await page.unroute('**/v1/status');
  await page.reload();
});

test('a model in quarantine says so, and why', async () => {
  const status = await get('/v1/status');
  const [{ name, version }] = (await get('/v1/models')).models;
  const reason = '5 workers crashed while they ran 3 jobs of it, the last ended by signal 11 (SIGSEGV)';
  const quarantine = [{ model: name, version, reason, since: '2026-11-21T10:00:00.000000Z' }];
  await page.route('**/v1/status', (route) => route.fulfill({ json: { ...status, quarantine } }));
  await page.reload();
  const chooser = page.locator('dr-model-chooser');
  await chooser.locator('option', { hasText: `${name} (in quarantine)` }).waitFor({ state: 'attached' });
  await chooser.getByLabel('Model').selectOption(name);
  await chooser.getByText(`${reason}. It takes pictures again when`).waitFor();
  await page.unroute('**/v1/status');
  await page.reload();
});

test('a result that is a file of its own is linked to', async () => {
  const [job] = (await get('/v1/jobs?state=succeeded&limit=1')).jobs;
  const { result, ...rest } = job;
  assert.ok(result);
  const large = { ...rest, artifacts: [{ ...job.artifacts[0], size: 70_000 }] };
  await page.route('**/v1/jobs?*', (route) => route.fulfill({ json: { jobs: [large], next_cursor: null } }));
  await page.goto(`${service.origin}/#/?state=succeeded`);
  await page.reload();
  await cards().first().getByText('Done').waitFor();
  await cards().first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The result is a file of its own').waitFor();
  await dialog.getByText('70.0 kB').first().waitFor();
  await dialog.locator('dr-label-bars').getByText(result.labels[0].label, { exact: true }).waitFor(); // read from the file
  await page.unroute('**/v1/jobs?*');
  await page.goto(`${service.origin}/#/`);
  await page.reload();
});

test('an answer that is lost leaves no doubles', async () => {
  const before = await total();
  let lost = 0;
  await page.route('**/v1/jobs', async (route) => {
    if (route.request().method() !== 'POST' || lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await watchdog.expecting(/ERR_FAILED/, async () => {
    await pick(plainPictures(2));
    const roll = page.getByRole('region', { name: '2 pictures handed in' });
    await roll.getByText(/Sent again in/).waitFor();
    await roll.getByText('All done').waitFor();
  });
  await page.unroute('**/v1/jobs');
  assert.equal(lost, 2);
  assert.equal(await total(), before + 2);
});

test('the page lives through a restart of the service', async () => {
  const listen = new URL(service.origin).host;
  await watchdog.expecting(/ERR_|Failed to load resource/, async () => {
    assert.equal(await service.stop(), 0);
    await page.getByRole('alert').getByText('The connection to the service is lost.').waitFor();
    await pick(plainPictures(5));
    const roll = page.getByRole('region', { name: '5 pictures handed in' });
    await roll.getByText(/Sent again in/).waitFor();
    await shoot('lost-dark');
    service = await Service.start({ program, data, listen });
    await roll.getByText('All done').waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });
});

test('colours follow the system, or what was chosen', async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  assert.notEqual(light, dark);
  await page.getByRole('button', { name: 'Colours: as the system' }).click();
  await page.getByRole('button', { name: 'Colours: light' }).click();
  assert.equal(await ground(), dark);
  await page.reload();
  await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
  assert.equal(await ground(), dark);
});

test('nothing went wrong unseen', () => assert.deepEqual(watchdog.faults, []));

/** A page of its own context; all of them report to one watchdog. */
async function open(options) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  await standIn(context);
  const opened = await context.newPage();
  watchdog.watch(opened);
  opened.setDefaultTimeout(30_000);
  await opened.goto(`${service.origin}/`);
  return opened;
}

function cards() {
  return page.locator('dr-card a');
}

/** @param {string} word */
function stateLink(word) {
  return page.getByRole('navigation', { name: 'Jobs by state' }).getByRole('link', { name: word });
}

function pick(pictures) {
  return page.locator('input[type=file]').setInputFiles(pictures);
}

async function get(path) {
  return (await fetch(service.origin + path)).json();
}

async function total() {
  const { jobs } = await get('/v1/status');
  return Object.values(jobs).reduce((sum, count) => sum + count, 0);
}

async function tabTo(locate) {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if (await hasFocus(locate())) return;
  }
  assert.fail(`not reached by Tab: ${locate()}`);
}

function hasFocus(locator) {
  return locator.evaluate((element) => element.getRootNode().activeElement === element);
}

function shoot(name, of = page) {
  return shootPage(name, of);
}
