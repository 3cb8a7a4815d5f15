// The names that `npm run build` gave to the style sheet, the icon and the scripts of the public pages, and what people can save.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { builtPages } from '../../platform/project-folder.ts';
import type { VerifierDownloads } from '../../pages/public/trust-page.ts';

const names = z.object({
  'public.css': z.string(),
  'icon.svg': z.string(),
  'check.js': z.string(),
  'roll.js': z.string(),
  'share.js': z.string(),
});
export type BuiltAssets = {
  readonly style: string;
  readonly icon: string;
  readonly check: string;
  readonly roll: string;
  readonly share: string;
};

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const downloads = z.object({
  verifier: z.object({ path: z.literal('/popvote-verify.mjs'), sha256 }),
  go: z.object({ path: z.literal('/popvote-verify-go.tar'), sha256 }),
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
    share: assets['share.js'],
  };
}
