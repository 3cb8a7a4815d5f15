// Builds the style guide into a folder: every screen of the voters' page in every state, for development and for tests.
// It is not part of the voters' build. Run by itself (npm run guide) it also serves the folder on this machine.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';
import { common, source, voterParts } from './options.ts';
import { writeVoterPages } from './voter-page.ts';

const port = 8_099;

/** Writes the guide as the voters' page with its assets, in the layout that `api` serves. */
export async function buildStyleGuide(target: string): Promise<void> {
  const assets = join(target, 'assets');
  mkdirSync(assets, { recursive: true });
  const { outputFiles } = await build({
    ...common,
    entryPoints: ['guide/guide.ts', 'voter/voter.css', ...voterParts].map((name) => join(source, name)),
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outdir: assets,
    splitting: true,
  });
  for (const { path, contents } of outputFiles) writeFileSync(join(assets, basename(path)), contents);
  writeFileSync(join(assets, 'icon.svg'), readFileSync(join(source, 'shared/icon.svg')));
  const names: Readonly<Record<string, string>> = {
    'voter.js': '/assets/guide.js',
    'voter.css': '/assets/voter.css',
    ...Object.fromEntries(
      ['log-check.js', 'kiosk.js', 'qr.js', 'second-element.js'].map((name) => [name, `/assets/${name}`]),
    ),
    'icon.svg': '/assets/icon.svg',
  };
  writeVoterPages(target, names, () => []);
  cpSync(join(target, 'voter-en.html'), join(target, 'index.html'));
}

if (pathToFileURL(process.argv[1] ?? '').href === import.meta.url) {
  const target = mkdtempSync(join(tmpdir(), 'popvote-guide-'));
  await buildStyleGuide(target);
  const server = await context({ entryPoints: [] });
  await server.serve({ servedir: target, host: '127.0.0.1', port });
  console.log(`The style guide: http://127.0.0.1:${port}/`);
}
