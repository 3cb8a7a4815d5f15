// Builds the popvote command with its services: their code and that of most packages in few files, which a process loads in
// less processor time than a file for each module. What the sources load late is a file of its own here too, so a service
// loads no code of another. Types are checked by `npm run types`.
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './options.ts';

/**
 * Packages that stay files of their own: they read files beside their code, load another package late, are no JavaScript, or
 * are rarely needed.
 */
const separate = [
  '@fastify/cookie',
  '@fastify/static',
  '@fastify/swagger',
  '@fastify/swagger-ui',
  '@node-rs/argon2',
  '@opentelemetry/*',
  '@simplewebauthn/server',
  'node-pg-migrate',
  'pg-native',
];

/** Packages of the older form ask for Node's own modules by `require`. */
const requireOfNode =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [join(root, 'src/cli/main.ts')],
  outbase: join(root, 'src'),
  outdir: join(root, 'dist'),
  // As deep as `cli/main.js`: src/platform/project-folder.ts counts on it.
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  charset: 'utf8',
  // The oldest version of Node that the project runs on.
  target: 'node20',
  banner: { js: requireOfNode },
  define: { __dirname: 'import.meta.dirname' },
  external: separate,
  metafile: true,
  sourcemap: true,
  sourcesContent: false,
  tsconfig: join(root, 'tsconfig.json'),
});

// A package in the older form that is loaded late has no named exports in a bundle: the loader would find none of its functions.
for (const { entryPoint = 'src/' } of Object.values(metafile.outputs)) {
  if (!entryPoint.startsWith('src/'))
    throw new Error(`A package loads ${entryPoint} late: add that package to \`separate\`.`);
}
