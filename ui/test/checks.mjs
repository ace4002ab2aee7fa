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

/** What a check of accessibility finds. @param {import('playwright-core').Page} page */
export async function violations(page) {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const report = await page.evaluate(() => globalThis.axe.run());
  return report.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

/** Takes a screenshot where SHOTS names a folder for them. @param {string} name @param {import('playwright-core').Page} page */
export async function shoot(name, page) {
  const shots = process.env.SHOTS;
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}
