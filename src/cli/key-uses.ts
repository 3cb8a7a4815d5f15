// Whether a key of a ring that elections name may be destroyed: what `popvote doctor` reports and `keys destroy` follows.
import { z } from 'zod';
import { readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { postgresUrl } from '../platform/environment-fields.ts';
import { instantOf } from '../protocol/public-values.ts';
import { electionsKeys } from '../protocol/key-files.ts';
import type { ElectionsKeys } from '../protocol/key-files.ts';
import type { Finding } from '../protocol/control/system-api.ts';
import { inspectDatabase } from '../store/administration.ts';
import type { KeyUse } from '../store/key-uses.ts';
import type { ElectionRing } from './rotate-keys.ts';

/** Why a key stays. Null: no election needs it. `ids` are those of its ring, newest first. */
export function whyNeeded(
  ring: ElectionRing,
  kid: string,
  ids: readonly string[],
  uses: readonly KeyUse[],
): string | null {
  if (ids[0] === kid) return 'new elections use it. First: popvote keys rotate ' + ring;
  const use = uses.find((one) => one.ring === ring && one.kid === kid);
  if (!use || use.needing === 0) return null;
  const others = use.needing > 1 ? `, and ${use.needing - 1} more` : '';
  return `election ${use.electionId}${others} needs it: ${reasons[use.state](instantOf(use.untilMs))}`;
}

const reasons: Readonly<Record<KeyUse['state'], (until: string) => string>> = {
  draft: () => 'it is a draft. Announce it, or delete it',
  announced: () => 'it is not published',
  closed: () => 'it is not counted and published',
  counted: () => 'it is not published',
  published: (until) => `votes of it may be sent again until ${until}`,
};

const databaseOfElections = z.object({ ELECTIONS_DATABASE_URL: postgresUrl });

/** What elections need, from the database of `elections`. Throws where there is no address, no answer or no such function. */
export async function findKeyUses(environment: Environment): Promise<readonly KeyUse[]> {
  const { ELECTIONS_DATABASE_URL: url } = readEnvironment(databaseOfElections, environment);
  const { keyUses } = await inspectDatabase(url);
  if (keyUses) return keyUses;
  throw new Error('ELECTIONS_DATABASE_URL names another database, or one that is not migrated: run popvote migrate.');
}

/** Findings about the rings of an elections key file, where it has old keys. */
export function keyUseFindings(service: string, file: unknown, uses: readonly KeyUse[]): readonly Finding[] {
  const keys = electionsKeys.safeParse(file);
  return keys.success
    ? (['identity', 'phone'] as const).map((ring) => ringFinding(service, ring, keys.data, uses))
    : [];
}

function ringFinding(service: string, ring: ElectionRing, keys: ElectionsKeys, uses: readonly KeyUse[]): Finding {
  const ids = keys[ring].map(({ kid }) => kid);
  // A key that no election ever named is announced and not in use yet.
  const free = ids.filter(
    (kid) => uses.some((use) => use.ring === ring && use.kid === kid) && whyNeeded(ring, kid, ids, uses) === null,
  );
  const finding = { service, check: `keys ${ring}` };
  if (free.length === 0) return { ...finding, state: 'ok', observed: `${ids.length}, each needed` };
  const next = `popvote keys destroy ${ring} --kid ${free[0] ?? ''}: until then it can tell who took part in ended elections.`;
  return { ...finding, state: 'warning', observed: `no election needs ${free.join(', ')}`, next };
}
