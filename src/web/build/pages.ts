// Builds the pages into dist/web: scripts and style sheets whose names carry the hash of their content, so that browsers
// may keep them for ever; the voters' page that names them; and assets.json, by which `api` names them in its own pages.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../../..');
const [source, target] = [join(root, 'src/web'), join(root, 'dist/web')];
const assets = join(target, 'assets');

rmSync(target, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
const { outputFiles } = await build({
  entryPoints: ['voter.ts', 'voter.css', 'public.css'].map((name) => join(source, name)),
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  splitting: true,
  outdir: assets,
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  charset: 'utf8',
  // Browsers since 2021.
  target: ['es2022', 'chrome89', 'safari15', 'firefox89'],
  tsconfig: join(source, 'tsconfig.json'),
});
const names = new Map<string, string>();
for (const { path, contents } of outputFiles) {
  writeFileSync(path, contents);
  const name = basename(path);
  // The others are parts that the script asks for by itself.
  const [, entry, extension] = /^(voter|public)-\w+\.(\w+)$/.exec(name) ?? [];
  if (entry) names.set(`${entry}.${extension ?? ''}`, `/assets/${name}`);
}
const icon = createHash('sha256')
  .update(readFileSync(join(source, 'icon.svg')))
  .digest('hex')
  .slice(0, 8);
cpSync(join(source, 'icon.svg'), join(assets, `icon-${icon}.svg`));
names.set('icon.svg', `/assets/icon-${icon}.svg`);
const page = readFileSync(join(source, 'voter.html'), 'utf8');
writeFileSync(
  join(target, 'voter.html'),
  page.replace(/\{([\w.]+)\}/g, (_whole, name: string) => names.get(name) ?? ''),
);
writeFileSync(join(target, 'assets.json'), JSON.stringify(Object.fromEntries(names)));
