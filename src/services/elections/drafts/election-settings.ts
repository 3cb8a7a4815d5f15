// Settings of all elections. The database enforces that announced elections do not overlap when `oneAtATime` is set.
import type { Pool } from '../../../store/database.ts';
import { findSettings, overlaps, setOneAtATime } from '../../../store/elections/settings.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Audit, Caller } from '../audit/audit.ts';

/** Most pairs of overlapping elections in one rejection. */
const pairsNamedMax = 50;

export type Settings = { readonly oneAtATime: boolean };
export type ElectionSettings = {
  find(): Promise<Settings>;
  /** Throws `conflict` with at most `pairsNamedMax` pairs if announced elections overlap. */
  change(caller: Caller, change: Settings): Promise<Settings>;
};

export function createElectionSettings({
  pool,
  audit,
}: {
  readonly pool: Pool;
  readonly audit: Audit;
}): ElectionSettings {
  return {
    find: () => findSettings(pool),
    async change({ actor, request }, { oneAtATime }) {
      const object = { kind: 'settings', id: 'elections' } as const;
      return audit.record({ actor, request, act: 'settings.change', object }, async () => {
        const outcome = await setOneAtATime(pool, oneAtATime);
        if (outcome === 'overlap') throw await overlapping(pool);
        const changed = outcome === 'set' ? { oneAtATime: { from: !oneAtATime, to: oneAtATime } } : {};
        return { result: await findSettings(pool), changed };
      });
    },
  };
}

async function overlapping(pool: Pool): Promise<Problem> {
  const pairs = await overlaps(pool, pairsNamedMax);
  const nameOf = (id: string, title: Readonly<Record<string, string>>): string => Object.values(title)[0] ?? id;
  return new Problem('conflict', {
    detail: 'Announced elections overlap. Change the times of one election of each pair first. Nothing was changed.',
    errors: pairs.map(({ id, title, otherId, otherTitle }) => ({
      path: `elections/${id}`,
      detail: `${nameOf(id, title)} overlaps ${nameOf(otherId, otherTitle)} (elections/${otherId}).`,
    })),
  });
}
