// Builds the pages of the control panel with Vite into dist/web/panel: two documents and assets with the hash of their
// content in their names. Each is also written in compressed form, so that the service compresses nothing.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { panelSyntax, root, source } from './options.ts';

/** Smallest file that is worth compressing, in bytes. */
const compressBytesMin = 1_024;

const folder = join(source, 'panel');
const target = join(root, 'dist/web/panel');

await build({
  configFile: false,
  root: folder,
  logLevel: 'warn',
  // Pages may load only files of this origin, including small ones.
  build: {
    outDir: target,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['es2022', 'chrome111', 'safari16.4', 'firefox114'],
    rolldownOptions: { input: [join(folder, 'panel.html'), join(folder, 'preview.html')] },
  },
  oxc: panelSyntax,
  worker: { format: 'es' },
});
for (const name of readdirSync(join(target, 'assets'))) {
  const path = join(target, 'assets', name);
  const content = readFileSync(path);
  if (content.length < compressBytesMin) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(content));
  writeFileSync(`${path}.gz`, gzipSync(content));
}
