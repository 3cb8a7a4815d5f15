// Builds popvote-verify: one file that runs with Node alone. It and its specification are also copied to where `api` offers
// them, with the hash that people compare.
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './options.ts';

const outfile = join(root, 'dist/popvote-verify.mjs');

await build({
  absWorkingDir: root,
  entryPoints: [join(root, 'src/verifier/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  charset: 'utf8',
  // The oldest version of Node that the project runs on.
  target: 'node20',
  tsconfig: join(root, 'tsconfig.json'),
});
chmodSync(outfile, 0o755);

const web = join(root, 'dist/web');
const downloads = {
  verifier: { path: '/popvote-verify.mjs', sha256: createHash('sha256').update(readFileSync(outfile)).digest('hex') },
  specification: { path: '/verify.md' },
};
mkdirSync(join(web, 'downloads'), { recursive: true });
copyFileSync(outfile, join(web, 'downloads', downloads.verifier.path));
copyFileSync(join(root, 'docs/verify.md'), join(web, 'downloads', downloads.specification.path));
writeFileSync(join(web, 'downloads.json'), JSON.stringify(downloads));
