// The sources hold together: TypeScript finds no fault in them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
if (!existsSync(compiler)) {
  console.log('SKIP: ui/node_modules is missing (./dev setup)');
  process.exit(77);
}
const project = fileURLToPath(new URL('..', import.meta.url));
process.exit(spawnSync(process.execPath, [compiler, '--project', project], { stdio: 'inherit' }).status ?? 1);
