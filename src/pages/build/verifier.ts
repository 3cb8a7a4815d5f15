// Builds popvote-verify: one file that runs with Node alone. It, its specification and the sources of the second verifier are
// also copied to where `api` offers them, with the hashes that people compare.
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { root } from './options.ts';
import { tarOf } from './tar.ts';

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

/** What belongs to the second verifier. What an editor or a build leaves beside it would make another hash. */
const isGoSource = /(?:\.(?:go|mod|sum|md|txt)|^LICENSE|^PATENTS)$/;

/** The sources of the verifier in Go, with the library that it needs. */
function archiveOfGo(): Buffer {
  const folder = join(root, 'src/verifier-go');
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isGoSource.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return tarOf(paths.map((path) => [`popvote-verify-go/${path}`, readFileSync(join(folder, path))]));
}

const web = join(root, 'dist/web');
const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const goArchive = archiveOfGo();
const downloads = {
  verifier: { path: '/popvote-verify.mjs', sha256: sha256Of(readFileSync(outfile)) },
  go: { path: '/popvote-verify-go.tar', sha256: sha256Of(goArchive) },
  specification: { path: '/verify.md' },
};
mkdirSync(join(web, 'downloads'), { recursive: true });
copyFileSync(outfile, join(web, 'downloads', downloads.verifier.path));
writeFileSync(join(web, 'downloads', downloads.go.path), goArchive);
copyFileSync(join(root, 'docs/verify.md'), join(web, 'downloads', downloads.specification.path));
writeFileSync(join(web, 'downloads.json'), JSON.stringify(downloads));
