import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** @param {unknown} present @param {string} reason */
export function skipUnless(present, reason) {
  if (present) return;
  console.log(`SKIP: ${reason}`);
  process.exit(77);
}

/** Whether nothing is wider than the screen. @param {import('playwright-core').Page} page */
export function fits(page) {
  return page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
}

/**
 * What a check of accessibility finds on the whole page, or inside an element: the way to it, from shadow root to shadow
 * root. What lies behind a dialog needs not be looked at again with every dialog: that is what takes the time.
 * @param {import('playwright-core').Page} page @param {string[]} [inside]
 */
export async function violations(page, inside) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  }
  const options = { resultTypes: ['violations'], selectors: false }; // what is good need not be named
  const report = await page.evaluate(([way, how]) => globalThis.axe.run(way ? { fromShadowDom: way } : document, how), [inside, options]);
  return report.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

/** Takes a screenshot where SHOTS names a folder for them. @param {string} name @param {import('playwright-core').Page} page */
export async function shoot(name, page) {
  const shots = process.env.SHOTS;
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}
