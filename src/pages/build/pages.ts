// Builds the pages into dist/web: scripts and style sheets with the hash of their content in their names, so that
// browsers may cache them without limit; the voters' page with their names, for each language; assets.json, from which `api`
// reads the names for its own pages; and page-files.json, the list that `elections` signs.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { common, root, source, voterParts } from './options.ts';
import { writeVoterPages } from './voter-page.ts';

const target = join(root, 'dist/web');
const assets = join(target, 'assets');

// Only the assets of this build: the panel's pages are in the same folder.
rmSync(assets, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
const { outputFiles, metafile } = await build({
  ...common,
  entryNames: '[name]-[hash]',
  outdir: assets,
  entryPoints: ['voter/voter.ts', 'voter/voter.css', 'public/public.css'].map((name) => join(source, name)),
  chunkNames: '[name]-[hash]',
  splitting: true,
});
// Built separately, so that voters load nothing of the pages and share nothing with them.
const separate = await build({
  ...common,
  entryNames: '[name]-[hash]',
  outdir: assets,
  entryPoints: ['public/check/check.ts', 'public/roll/roll.ts', 'public/share/share.ts', ...voterParts].map((name) =>
    join(source, name),
  ),
});
const names = new Map<string, string>();
for (const { path, contents } of [...outputFiles, ...separate.outputFiles]) {
  writeFileSync(path, contents);
  const name = basename(path);
  // The other files are chunks that the script loads by itself.
  const [, entry, extension] =
    /^(voter|public|check|roll|share|log-check|kiosk|qr|second-element)-\w+\.(\w+)$/.exec(name) ?? [];
  if (entry) names.set(`${entry}.${extension ?? ''}`, `/assets/${name}`);
}
const icon = hashOf(join(source, 'shared/icon.svg')).toString('hex').slice(0, 8);
cpSync(join(source, 'shared/icon.svg'), join(assets, `icon-${icon}.svg`));
names.set('icon.svg', `/assets/icon-${icon}.svg`);
// The copy of each language and the chunks that it needs. The page lists them, so that a browser loads them together
// with the script.
const statics = ({ imports }: (typeof metafile.outputs)[string]): string[] =>
  imports.filter(({ kind }) => kind === 'import-statement').map((part) => part.path);
const outputs = Object.entries(metafile.outputs);
const entry = outputs.find(([, { entryPoint = '' }]) => entryPoint.endsWith('pages/voter/voter.ts'));
const preload: Record<string, string[]> = {};
for (const [path, output] of outputs) {
  const [, language] = /languages\/texts\/([\w-]+)\.ts$/.exec(output.entryPoint ?? '') ?? [];
  if (language === undefined) continue;
  const parts = [path, ...statics(output), ...(entry ? statics(entry[1]) : [])];
  preload[language] = [...new Set(parts)].map((part) => `/assets/${basename(part)}`);
}
writeVoterPages(target, Object.fromEntries(names), (tag) => preload[tag.toLowerCase()] ?? []);
writeFileSync(join(target, 'assets.json'), JSON.stringify({ ...Object.fromEntries(names), preload }));
// A request that names no language gets the English page.
const served = [
  ['/', join(target, 'voter-en.html')],
  ...readdirSync(assets)
    .sort()
    .map((name) => [`/assets/${name}`, join(assets, name)]),
] as const;
const files = served.map(([path = '', file = '']) => ({ path, sha256: hashOf(file).toString('base64url') }));
writeFileSync(join(target, 'page-files.json'), JSON.stringify(files));

function hashOf(file: string): Buffer {
  return createHash('sha256').update(readFileSync(file)).digest();
}
