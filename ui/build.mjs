// usage: node build.mjs OUTDIR
//
// Writes the page as the server embeds it: index.html, assets/{app,style,icon}-HASH.*, and a .gz sibling of each file.
// The same sources give the same bytes. OUTDIR/assets is made anew, anything else in OUTDIR is left alone.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const source = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] && resolve(process.argv[2]);
if (!out) {
  console.error('usage: node build.mjs OUTDIR');
  process.exit(2);
}

rmSync(join(out, 'assets'), { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const bundle = await build({
  absWorkingDir: source,
  entryPoints: { app: 'src/main.ts', style: 'src/styles/page.css', icon: 'src/icon.svg' },
  entryNames: 'assets/[name]-[hash]',
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  loader: { '.svg': 'copy' },
  legalComments: 'eof', // Lit's licence asks for its notice in every copy
  metafile: true,
  logLevel: 'warning',
});

const assets = Object.keys(bundle.metafile.outputs).map((path) => basename(path));
const page = readFileSync(join(source, 'src/index.html'), 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, name) => {
  const asset = assets.find((file) => file.startsWith(`${name}-`));
  if (!asset) throw new Error(`src/index.html names {{${name}}}, which is not built`);
  return `/assets/${asset}`;
});
writeFileSync(join(out, 'index.html'), page);

const files = ['index.html', ...readdirSync(join(out, 'assets')).map((file) => `assets/${file}`)].sort();
for (const file of files) {
  const plain = readFileSync(join(out, file));
  const packed = gzipSync(plain, { level: 9 });
  writeFileSync(join(out, `${file}.gz`), packed);
  console.log(`${file}  ${plain.length} bytes, ${packed.length} compressed`);
}
