// The folder that `npm run build` writes the pages to, and the names of their style sheet and icon. The service and its
// pages share only this, since neither imports the other.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { VerifierDownloads } from '../../pages/public/trust-page.ts';

/** The same path from the sources and from the build. */
export const builtPages = new URL('../../../dist/web/', import.meta.url);

const names = z.object({
  'public.css': z.string(),
  'icon.svg': z.string(),
  'check.js': z.string(),
  'roll.js': z.string(),
  preload: z.record(z.string(), z.array(z.string())),
});
/** `preload` has the language tag in lower case as its key, and the script parts with the texts of that language. */
export type BuiltAssets = {
  readonly style: string;
  readonly icon: string;
  readonly check: string;
  readonly roll: string;
  readonly preload: Readonly<Record<string, readonly string[]>>;
};

const downloads = z.object({
  verifier: z.object({ path: z.literal('/popvote-verify.mjs'), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  specification: z.object({ path: z.literal('/verify.md') }),
});

/** The files that people save to check an election, or null if there is no build. Throws if the list is invalid. */
export function readDownloads(folder: URL = builtPages): VerifierDownloads | null {
  const file = new URL('downloads.json', folder);
  return existsSync(file) ? downloads.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/** Addresses of the assets of the public pages, or null if there is no build. Throws if the file is invalid. */
export function readAssets(folder: URL = builtPages): BuiltAssets | null {
  const file = new URL('assets.json', folder);
  if (!existsSync(file)) return null;
  const assets = names.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    style: assets['public.css'],
    icon: assets['icon.svg'],
    check: assets['check.js'],
    roll: assets['roll.js'],
    preload: assets.preload,
  };
}
