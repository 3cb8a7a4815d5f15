// Creates and announces an election from an operator's file, in one call that may be repeated. An election that exists
// is not changed. Its times may differ from the file, because it can be extended or closed early after the
// announcement.
import { isDeepStrictEqual } from 'node:util';
import { announcementFaults } from '../../../domain/election.ts';
import { electionRequest } from '../../../protocol/control/elections-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { Elections } from './elections.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { Caller } from '../audit/audit.ts';

/**
 * Creates and announces an election. Returns false if it was announced before. Throws `invalid-request`,
 * `invalid-election` without an organiser of an election that counts, and `conflict` if another election has the id.
 */
export type LoadElection = (caller: Caller, definition: ElectionDefinition) => Promise<boolean>;

export function createLoadElection(parts: {
  readonly pool: Pool;
  readonly elections: Pick<Elections, 'create' | 'announceable'>;
  readonly lifecycle: Pick<Lifecycle, 'announce'>;
}): LoadElection {
  const { pool, elections, lifecycle } = parts;
  return async (caller, definition) => {
    const row = await findLifecycle(pool, definition.id);
    if (!row) {
      rejectUnannounceable(definition);
      await elections.create(caller, requestOf(definition));
    }
    const present = row?.announced ?? (await elections.announceable(definition.id)).definition;
    if (!isSame(electionDefinition.parse(present), definition)) throw new Problem('conflict', { detail: another });
    if (row && row.announced !== null) return false;
    await lifecycle.announce(caller, definition.id);
    return true;
  };
}

// Before the draft exists: a corrected file would differ from it.
function rejectUnannounceable(definition: ElectionDefinition): void {
  const errors = announcementFaults(definition).map(({ path, detail }) => ({ path: `definition/${path}`, detail }));
  if (errors.length > 0) throw new Problem('invalid-election', { errors });
}

const another = 'Another election has this id. Change that election, or choose another id. Nothing was changed.';

function requestOf(definition: ElectionDefinition): ReturnType<typeof electionRequest.parse> {
  const parsed = electionRequest.safeParse(definition);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: `definition/${path.map(String).join('/')}`,
    detail: message,
  }));
  throw new Problem('invalid-request', { errors });
}

function isSame(present: ElectionDefinition, file: ElectionDefinition): boolean {
  // Their keys are no matter of the file.
  const { opensAt: _opens, closesAt: _closes, keys: _keys, ...rest } = present;
  const { opensAt: _opensInFile, closesAt: _closesInFile, ...restOfFile } = file;
  // A file without countries has those that were filled in when the election was created.
  const { phoneCountries } = present.verification;
  const verification = { ...(phoneCountries && { phoneCountries }), ...file.verification };
  return isDeepStrictEqual(rest, { ...restOfFile, verification });
}
