// The view of each task, in a real browser with the real program; the environment is that of page.test.mjs.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Watchdog, browserProgram, launch, standIn } from './browser.mjs';
import { fits, shoot, skipUnless, violations } from './checks.mjs';
import { writePackages } from './packages.mjs';
import { png } from './pictures.mjs';
import { Service } from './service.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.DARKROOM_BIN ?? join(project, 'build/release/darkroom');

skipUnless(existsSync(join(project, 'ui/node_modules')), 'ui/node_modules is missing (./dev setup)');
skipUnless(browserProgram, 'there is no Chromium');
skipUnless(existsSync(program), `${program} is not built`);

const { chromium } = await import('playwright-core');
const data = mkdtempSync(join(tmpdir(), 'darkroom-tasks-'));
const PHOTOGRAPH = readFileSync(join(project, 'models/furniture/samples/armchair_1.jpg'));
// The left half red, the right half blue: what the networks answer to it can be told beforehand.
const HALVES = png(160, 160, (x, y) => (x < 80 ? [200, y / 2, 10] : [10, y / 2, 160]));
// Half as wide as high, so that a square result has another form.
const TALL = png(80, 160, () => [120, 90, 60]);

// Twice as wide as high, red in the middle: of it a network that takes the middle sees red alone.
const WIDE = png(320, 160, (x) => (x < 80 || x >= 240 ? [10, 20, 160] : [200, 20, 10]));

/** @type {Service} */ let service;
/** @type {import('playwright-core').Browser} */ let browser;
/** @type {import('playwright-core').Page} */ let page;
/** @type {Watchdog} */ let watchdog;

before(async () => {
  writePackages(join(data, 'models'));
  service = await Service.start({ program, data: join(data, 'service'), models: join(data, 'models') });
  for (const model of ['insides', 'alike', 'paint', 'far', 'road', 'street', 'clothes', 'colours']) await develop(model, HALVES);
  await develop('paint', TALL, 'tall');
  await develop('middle', WIDE);
  await develop('none', HALVES, 'turned', [{ op: 'rotate', angle: 90 }, { op: 'crop', width: 80, height: 40, at: 'random' }]);
  await develop('street', HALVES, 'mirrored', [{ op: 'flip', direction: 'horizontal' }]);
  await develop('block', PHOTOGRAPH);
  await develop('block', HALVES, 'second');
  watchdog = new Watchdog(service.origin);
  browser = await launch(chromium);
  page = await open({ colorScheme: 'light', viewport: { width: 1280, height: 900 } });
});

after(async () => {
  await browser?.close();
  const code = await service?.stop();
  rmSync(data, { recursive: true, force: true });
  assert.equal(code, 0, 'darkroom up ends with 0 on SIGTERM');
});

test('each card says in a few words what came out', async () => {
  const words = {
    colours: [/red/, /%/],
    clothes: ['category: red', 'attributes: green'],
    street: ['2 objects', 'cat 90.0%, dog 80.0%'],
    road: ['2 classes', 'red 50.0%, blue 50.0%'],
    far: ['Depth', / to /],
    paint: ['Picture', '8 × 8'],
    alike: ['3 numbers', /^length 0\.\d+/],
    block: ['8 voxels', /triangles/],
    insides: ['2 tensors', 'scores 1 × 3, negative 1 × 3'],
  };
  for (const [model, texts] of Object.entries(words)) {
    for (const text of texts) await card(model).getByText(text).first().waitFor();
  }
  await page.evaluate(() => document.fonts.ready);
  await shoot('tasks-light', page);
});

test('a card shows what was drawn, and what it was drawn of', async () => {
  for (const [model, drawn, insets] of [['road', 'overlay.png', 0], ['far', 'depth.png', 1], ['paint', 'image.png', 1], ['block', 'preview.png', 1]]) {
    const images = card(model).locator('.frame img');
    assert.match(await images.first().getAttribute('src'), new RegExp(`/artifacts/${drawn}$`));
    assert.equal(await images.count(), 1 + insets, model);
    await seen(images.first());
  }
  assert.equal(await card('street').locator('dr-boxes rect.frame').count(), 2);
});

test('classification with several heads names each', async () => {
  const dialog = await details('clothes');
  await dialog.getByRole('heading', { name: 'category', exact: true }).waitFor();
  await dialog.getByRole('heading', { name: 'attributes', exact: true }).waitFor();
  assert.equal(await dialog.locator('dr-label-bars').count(), 2);
  await leave();
});

test('detection frames what was found, and pointing at a row lifts its frame out', async () => {
  const dialog = await details('street');
  const frame = dialog.locator('dr-boxes rect.frame');
  const picture = await dialog.locator('.frame img').boundingBox();
  await dialog.locator('dr-boxes text').getByText('cat 90.0%').waitFor();
  // The large one is drawn first. The network's box: 1, 1 to 5, 5 of 8 × 8.
  const cat = await frame.first().evaluate((rect) => {
    const { x, y, width, height } = rect.getBoundingClientRect();
    return { x, y, width, height };
  });
  const eighth = picture.width / 8;
  for (const [is, should] of [[cat.x, picture.x + eighth], [cat.y, picture.y + eighth], [cat.width, 4 * eighth], [cat.height, 4 * eighth]]) {
    assert.ok(Math.abs(is - should) < 4, `${is} for ${should}`); // a frame's line is up to 4 pixels wide
  }
  await shoot('detection-light', page);
  const row = dialog.getByRole('button', { name: /^dog/ });
  await row.hover();
  await dialog.locator('dr-boxes .pointed text').getByText('dog 80.0%').waitFor();
  assert.equal(await dialog.locator('dr-boxes text').count(), 1, 'the others are quiet');
  await dialog.locator('dr-state').hover();
  await dialog.locator('dr-boxes .pointed').waitFor({ state: 'detached' });
  await frame.first().hover({ position: { x: 3, y: 3 }, force: true });
  await dialog.locator('button.pointed').getByText('cat').waitFor();
  await row.focus();
  await dialog.locator('dr-boxes .pointed text').getByText('dog').waitFor();
  await leave();
});

test('segmentation is uncovered by a slider, also by keyboard, and its colours have names', async () => {
  const dialog = await details('road');
  const slider = dialog.getByRole('slider', { name: 'Uncover: Classes' });
  const over = dialog.locator('img.over');
  await seen(over);
  const clip = () => over.evaluate((image) => getComputedStyle(image).clipPath);
  assert.match(await clip(), /50%/);
  const address = page.url();
  await slider.focus();
  for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowLeft');
  assert.match(await clip(), /40%/);
  assert.equal(page.url(), address, 'the keys of the slider do not lead to the next job');
  await shoot('segmentation-light', page);
  const { result } = await jobOf('road');
  const swatches = dialog.locator('dr-shares .swatch rect');
  for (const [place, part] of result.classes.entries()) {
    await dialog.locator('dr-shares li').nth(place).getByText(part.label, { exact: true }).waitFor();
    assert.equal(await swatches.nth(place).getAttribute('fill'), part.color);
  }
  await leave();
});

test('depth stands beside the picture', async () => {
  const dialog = await details('far');
  const pictures = dialog.locator('figure img');
  await seen(pictures.nth(0));
  await seen(pictures.nth(1));
  const [left, right] = [await pictures.nth(0).boundingBox(), await pictures.nth(1).boundingBox()];
  assert.ok(right.x >= left.x + left.width && Math.abs(right.y - left.y) < 2);
  await dialog.getByText('a small value').waitFor();
  await shoot('depth-light', page);
  await leave();
});

test('image to image: a slider between both, with the result where its network looked', async () => {
  for (const [name, share] of [['paint.png', 1], ['tall', 1], ['middle.png', 0.5]]) {
    const dialog = await details(name.startsWith('middle') ? 'middle' : 'paint', name);
    await dialog.getByRole('slider', { name: 'Uncover: Result' }).waitFor();
    const over = dialog.locator('img.over');
    await seen(over);
    const [whole, part] = [await dialog.locator('dr-compare .frame').boundingBox(), await over.boundingBox()];
    assert.ok(Math.abs(part.width - share * whole.width) < 2 && Math.abs(part.height - whole.height) < 2, name);
    assert.ok(Math.abs(part.x + part.width / 2 - whole.x - whole.width / 2) < 2, name);
    if (name === 'middle.png') await dialog.getByText('160 × 160 of the picture, at 80, 0').waitFor();
    await leave();
  }
});

test('a picture that was only transformed stands beside what was handed in, with what was done', async () => {
  const dialog = await details('none', 'turned');
  const figures = dialog.locator('figure img');
  await seen(figures.nth(0));
  await seen(figures.nth(1));
  assert.deepEqual(await figures.nth(1).evaluate((image) => [image.naturalWidth, image.naturalHeight]), [80, 40]);
  await dialog.getByText('80 × 40', { exact: true }).waitFor();
  await dialog.getByText(/^rotate: angle 90/).waitFor();
  await dialog.getByText(/^crop: width 80, height 40, x \d+, y \d+$/).waitFor();
  await shoot('transform-light', page);
  await leave();
  assert.match(await card('none', 'turned').locator('.frame img').first().getAttribute('src'), /image\.png$/);
});

test('frames on a transformed picture are not laid over the one that was handed in', async () => {
  assert.equal(await card('street', 'mirrored').locator('dr-boxes').count(), 0);
  const dialog = await details('street', 'mirrored');
  await seen(dialog.locator('figure img'));
  assert.equal(await dialog.locator('dr-boxes').count(), 0);
  await leave();
});

test('an embedding is drawn and can be copied', async () => {
  const dialog = await details('alike');
  assert.ok((await dialog.locator('dr-vector path.up').getAttribute('d')).startsWith('M'));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dialog.getByRole('button', { name: 'Copy vector' }).click();
  await dialog.getByText('Copied').waitFor();
  const { result } = await jobOf('alike');
  assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), result.embedding);
  await leave();
});

test('raw tensors are listed and can be saved', async () => {
  const dialog = await details('insides');
  const row = dialog.getByRole('row').filter({ hasText: 'negative' });
  for (const text of ['float32', '1 × 3']) await row.getByText(text).waitFor();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download scores.npy' }).click();
  const saved = readFileSync(await (await saving).path());
  const job = await jobOf('insides');
  const { href, size } = job.artifacts.find(({ name }) => name === 'scores.npy');
  assert.equal(saved.length, size);
  assert.deepEqual(saved, Buffer.from(await (await fetch(service.origin + href)).arrayBuffer()));
  for (const { name } of job.artifacts) await dialog.getByRole('link', { name: `Download ${name}` }).waitFor();
  await shoot('raw-light', page);
  await leave();
});

test('a mesh turns under the mouse and by keys, and there is never a second', async () => {
  const dialog = await details('block', 'block.jpg');
  await dialog.getByText('Drag to turn').waitFor();
  const canvas = dialog.locator('dr-mesh canvas');
  const address = page.url();
  let look = await shotOf(canvas);
  assert.ok(look.drawn > 0.03 && look.drawn < 0.9, `${look.drawn} of the canvas is drawn on`);
  await shoot('mesh-light', page);
  const changes = async (how) => {
    const before = look.pixels;
    await until(async () => (look = await shotOf(canvas)).pixels !== before, how);
  };
  const { x, y, width, height } = await canvas.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 60, y + height / 2 + 10, { steps: 3 });
  await page.mouse.up();
  await changes('turned by the mouse');
  await page.mouse.wheel(0, -300);
  await changes('brought nearer by the wheel');
  await canvas.focus();
  for (const key of ['ArrowLeft', 'ArrowUp', '-', 'Home']) {
    await page.keyboard.press(key);
    await changes(key);
  }
  assert.equal(page.url(), address, 'the keys did not lead to the next job');

  const other = (await jobs()).find((job) => job.input.file_name.startsWith('second'));
  const fetched = page.waitForResponse((response) => response.url().includes(`${other.id}/artifacts/mesh.glb`));
  await page.goto(`${service.origin}/#/jobs/${other.id}`);
  await fetched;
  await dialog.getByText('Drag to turn').waitFor();
  assert.equal(await page.locator('canvas').count(), 1);
  await leave();
});

test('without WebGL the preview stays, and words say why', async () => {
  const poor = await open({ colorScheme: 'light', viewport: { width: 1280, height: 900 } });
  await poor.evaluate(() => (HTMLCanvasElement.prototype.getContext = () => null));
  const { id } = await jobOf('block');
  await poor.goto(`${service.origin}/#/jobs/${id}`);
  await poor.getByRole('dialog').getByText('This browser cannot show it in 3D.').waitFor();
  await seen(poor.locator('dr-mesh img'));
  await poor.context().close();
});

test('a task that the page does not know is shown as it is, with its files', async () => {
  const job = await jobOf('insides');
  const strange = { ...job, result: { task: 'smell', odour: 'coffee' } };
  await page.route('**/v1/jobs?*', (route) => route.fulfill({ json: { jobs: [strange], next_cursor: null } }));
  await page.reload();
  await page.locator('dr-card').getByText('Done').waitFor();
  await page.goto(`${service.origin}/#/jobs/${job.id}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('"odour": "coffee"').waitFor();
  await dialog.getByRole('link', { name: 'Download scores.npy' }).waitFor();
  await leave();
  await page.unroute('**/v1/jobs?*');
  await page.reload();
});

for (const colorScheme of ['light', 'dark']) {
  test(`every view fits a phone and passes a check of accessibility (${colorScheme})`, async () => {
    const phone = await open({ colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await phone.locator('dr-card').first().waitFor();
    assert.ok(await fits(phone));
    assert.deepEqual(await violations(phone), []);
    await shoot(`tasks-phone-${colorScheme}`, phone);
    for (const job of await jobs()) {
      await phone.goto(`${service.origin}/#/jobs/${job.id}`);
      await phone.getByRole('dialog').getByText('Altogether').waitFor();
      await phone.getByRole('dialog').getByRole('heading', { name: job.input.file_name }).waitFor();
      assert.ok(await fits(phone), job.model.name);
      assert.deepEqual(await violations(phone, ['darkroom-app', 'dr-details']), [], job.model.name);
      await shoot(`${job.model.name}-phone-${colorScheme}`, phone);
    }
    await phone.context().close();
  });
}

test('nothing went wrong unseen', () => assert.deepEqual(watchdog.faults, []));

/** Runs one picture through one model. @param {string} model @param {Buffer} picture @param {string} name @param {object[]} transforms */
async function develop(model, picture, name = model, transforms = []) {
  const form = new FormData();
  form.append('model', model);
  if (transforms.length > 0) form.append('transforms', JSON.stringify(transforms));
  const type = picture === PHOTOGRAPH ? 'jpeg' : 'png';
  form.append('file', new Blob([picture], { type: `image/${type}` }), `${name}.${type === 'jpeg' ? 'jpg' : type}`);
  const answer = await fetch(`${service.origin}/v1/jobs`, { method: 'POST', headers: { Prefer: 'wait=60' }, body: form });
  const { jobs: [job] } = await answer.json();
  assert.equal(job.state, 'succeeded', JSON.stringify(job.error));
}

async function jobs() {
  return (await (await fetch(`${service.origin}/v1/jobs`)).json()).jobs;
}

async function jobOf(model) {
  return (await jobs()).find((job) => job.model.name === model && job.input.file_name.startsWith(model));
}

async function open(options) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  await standIn(context);
  const opened = await context.newPage();
  watchdog.watch(opened);
  opened.setDefaultTimeout(30_000);
  await opened.goto(`${service.origin}/`);
  return opened;
}

/** By the name of its picture, which is its model's unless said otherwise. */
function card(model, name = `${model}.`) {
  return page.locator('dr-card').filter({ hasText: name }).first();
}

async function details(model, name) {
  await page.goto(service.origin + '/' + (await card(model, name).locator('a').getAttribute('href')));
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Altogether').waitFor();
  return dialog;
}

async function leave() {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

/** An image that has come. @param {import('playwright-core').Locator} image */
async function seen(image) {
  await image.waitFor();
  await until(() => image.evaluate((element) => element.complete && element.naturalWidth > 0), 'the image has come');
}

/** How much of a canvas is drawn on, and what. Read within a frame that it draws in, after which WebGL forgets. */
async function shotOf(canvas) {
  return canvas.evaluate(async (element) => {
    const copy = document.createElement('canvas');
    Object.assign(copy, { width: 64, height: 64 });
    const context = copy.getContext('2d', { willReadFrequently: true });
    element.getRootNode().host.drawSoon();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    context.drawImage(element, 0, 0, 64, 64);
    const { data } = context.getImageData(0, 0, 64, 64);
    const drawn = data.filter((value, at) => at % 4 === 3 && value > 0).length / (64 * 64);
    return { drawn, pixels: data.join() };
  });
}

async function until(condition, what) {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) assert.fail(what);
    await page.waitForTimeout(50);
  }
}
