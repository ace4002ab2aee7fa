import { existsSync } from 'node:fs';

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
