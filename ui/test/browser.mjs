import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const browserProgram = process.env.CHROMIUM ?? PROGRAMS.find((path) => existsSync(path));

/** @param {import('playwright-core').BrowserType} chromium */
export function launch(chromium) {
  return chromium.launch({
    executablePath: browserProgram,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/**
 * Lets a page that was just built (`node build.mjs FOLDER`) stand in for the one inside the program, where PAGE names its
 * folder: linking the program anew takes longer. Headers are the program's.
 * @param {import('playwright-core').BrowserContext} context
 */
export async function standIn(context) {
  const folder = process.env.PAGE;
  if (!folder) return;
  const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
  await context.route(/^[^?#]*:\d+\/(assets\/[^?#]*)?$/, async (route) => {
    const path = new URL(route.request().url()).pathname;
    const file = join(folder, path === '/' ? 'index.html' : path);
    const { 'content-security-policy': policy = '' } = (await route.fetch({ url: new URL('/', route.request().url()).href })).headers();
    await route.fulfill({
      body: readFileSync(file),
      headers: { 'content-type': types[file.split('.').at(-1)], 'content-security-policy': policy },
    });
  });
}

/** Collects what must not happen on any page: errors in its console, and requests to another place than the service. */
export class Watchdog {
  /** @type {string[]} */
  faults = [];
  /** Console errors that the test brings about on purpose, such as refused requests. */
  #expected = /(?!)/;

  #origin;

  /** @param {string} origin */
  constructor(origin) {
    this.#origin = origin;
  }

  /** @param {import('playwright-core').Page} page */
  watch(page) {
    page.on('pageerror', (error) => this.faults.push(`exception: ${error.stack ?? error}`));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !this.#expected.test(text)) this.faults.push(`console: ${text}`);
    });
    page.on('request', (request) => {
      const url = request.url();
      const own = url.startsWith(`${this.#origin}/`) || url.startsWith(`blob:${this.#origin}/`);
      if (!own) this.faults.push(`request to ${url}`);
    });
  }

  /** @param {RegExp} pattern @param {() => Promise<void>} action */
  async expecting(pattern, action) {
    this.#expected = pattern;
    await action();
    this.#expected = /(?!)/;
  }
}
