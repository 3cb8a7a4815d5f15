// Options of the build of every page script.
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { voterTexts } from './voter-texts.ts';

export const root = join(import.meta.dirname, '../../..');
export const source = join(root, 'src/pages');

export const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false as const,
  metafile: true as const,
  format: 'esm' as const,
  charset: 'utf8' as const,
  // Browsers since 2021.
  target: ['es2022', 'chrome89', 'safari15', 'firefox89'],
  // Written out it is longer. Chrome before 91 has one fault in it, in calls with a spread that is not the last argument, and
  // no script has such a call (test/pages/voter/pages.test.ts).
  supported: { 'optional-chain': true },
  plugins: [voterTexts],
  tsconfig: join(source, 'tsconfig.json'),
} satisfies BuildOptions;

/** Parts of the voters' script that it loads by their names in the page: shared code would make the script itself longer. */
export const voterParts = [
  'voter/log-check.ts',
  'voter/kiosk/kiosk.ts',
  'shared/qr.ts',
  '../domain/roll/second-element.ts',
];

/** Options for Vite to read the panel's sources. */
export const panelSyntax = { jsx: { runtime: 'automatic' as const, importSource: 'preact' } };
