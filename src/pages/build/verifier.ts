// Builds popvote-verify: one file that runs with Node alone.
import { chmodSync } from 'node:fs';
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
