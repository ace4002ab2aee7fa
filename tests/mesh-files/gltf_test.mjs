// Khronos' own validator over the .glb files: node gltf_test.mjs PROGRAM, which writes them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let validator;
try {
  validator = createRequire(import.meta.url)('gltf-validator');
} catch {
  console.log('SKIP: gltf-validator is not in tests/mesh-files; ./dev test installs it (npm ci)');
  process.exit(77);
}

const folder = mkdtempSync(join(tmpdir(), 'darkroom-gltf-'));
let failures = 0;
const expect = (truth, what) => {
  if (truth) return;
  console.error(`FAILED: ${what}`);
  failures += 1;
};

try {
  execFileSync(process.argv[2], [folder], { timeout: 60_000 });
  const reports = {};
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.glb')).sort()) {
    const report = await validator.validateBytes(new Uint8Array(readFileSync(join(folder, name))), { uri: name });
    const { numErrors, numWarnings, numInfos, messages } = report.issues;
    console.log(`${name}: ${report.info.totalTriangleCount} triangles, ${numErrors} errors, ${numWarnings} warnings, ` +
                `${numInfos} infos`);
    // An empty node is worth a word to the validator; nothing else is.
    const others = messages.filter(({ code }) => !(name === 'empty.glb' && code === 'NODE_EMPTY'));
    for (const { code, message, pointer } of others) expect(false, `${name}: ${code} at ${pointer}: ${message}`);
    reports[name] = report.info;
  }
  expect(Object.keys(reports).length === 4, 'four files');
  for (const info of Object.values(reports)) expect(info.version === '2.0' && info.generator === 'darkroom', 'asset');
  expect(reports['chair.glb'].totalTriangleCount > 1000, 'the chair has triangles');
  expect(reports['chair.glb'].drawCallCount === 1 && reports['chair.glb'].materialCount === 1, 'one of each');
  expect(reports['noise.glb'].totalVertexCount > 65536, 'the noise needs indices of 32 bits');
  expect(reports['empty.glb'].totalTriangleCount === 0, 'the empty one has none');
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(failures ? 1 : 0);
