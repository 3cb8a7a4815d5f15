// Where `npm run build` puts the pages, and what it names their style sheet and icon: the one thing that the service and
// its pages have in common, since neither imports the other.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** Seen from the sources and from the build alike. */
export const builtPages = new URL('../../../dist/web/', import.meta.url);

const names = z.object({
  'public.css': z.string(),
  'icon.svg': z.string(),
  'check.js': z.string(),
  preload: z.record(z.string(), z.array(z.string())),
});
/** `preload` is by language, in small letters: the parts of the voters' page that hold its words. */
export type BuiltAssets = {
  readonly style: string;
  readonly icon: string;
  readonly check: string;
  readonly preload: Readonly<Record<string, readonly string[]>>;
};

/** Addresses of what public pages name, or null where nothing was built. */
export function readAssets(folder: URL = builtPages): BuiltAssets | null {
  const file = new URL('assets.json', folder);
  if (!existsSync(file)) return null;
  const read = names.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { style: read['public.css'], icon: read['icon.svg'], check: read['check.js'], preload: read.preload };
}
