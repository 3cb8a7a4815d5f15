// The rehearsal election of the local platform. Its times are set when it is first loaded, and stored, so that it is
// the same election after a restart. When it is over or cannot be run any more, the next start creates another.
import { readFileSync } from 'node:fs';
import { phaseAt } from '../domain/election.ts';
import type { Environment } from '../platform/environment.ts';
import { replaceFile } from '../platform/keys/key-directory.ts';
import { projectFolder } from '../platform/project-folder.ts';
import { Problem, problemBodyOf } from '../protocol/problem.ts';
import type { ElectionDefinition } from '../protocol/public-document.ts';
import { readDefinition, readDefinitionFile } from './definition-file.ts';
import { withElections } from './elections-client.ts';
import type { ElectionsClient } from './elections-client.ts';

const openDays = 30;
const dayMs = 86_400_000;

// In `src/`, also for the build.
const templateUrl = new URL('src/local/rehearsal.json', projectFolder);

/** Loads the stored rehearsal into the platform, or a new one if the stored one is not open or scheduled. */
export async function loadRehearsal(
  operator: Environment,
  { keptFile, nowMs, say }: { keptFile: string; nowMs: number; say: (line: string) => void },
): Promise<ElectionDefinition> {
  const existing = readDefinitionFile(keptFile);
  return withElections(operator, async (elections) => {
    if (
      existing.ok &&
      phaseAt(nowMs, existing.definition) !== 'closed' &&
      (await isHeld(existing.definition, elections, say))
    ) {
      return existing.definition;
    }
    const rehearsal = newRehearsal(existing.ok, nowMs);
    // Stored before it is loaded, so that the load can be repeated.
    replaceFile(keptFile, `${JSON.stringify(rehearsal, null, 2)}\n`, 0o600);
    await elections.load(rehearsal);
    return rehearsal;
  });
}

// A rehearsal of an earlier version may break a rule of this one, and it may have been closed by hand.
async function isHeld(
  rehearsal: ElectionDefinition,
  elections: ElectionsClient,
  say: (line: string) => void,
): Promise<boolean> {
  try {
    if ((await elections.load(rehearsal)).created) return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { detail, errors = [] } = problemBodyOf(error.code, error.extras);
    const why = errors.length > 0 ? errors.map((fault) => fault.detail).join(' ') : detail;
    say(`The election ${rehearsal.id} cannot be run any more. Another one is created. ${why}`);
    return false;
  }
  for await (const { id, phase } of elections.list()) {
    if (id === rehearsal.id) return phase === 'open' || phase === 'scheduled';
  }
  return false;
}

/** A rehearsal that is open from now on, with an id of its own where there has been one. */
export function newRehearsal(another: boolean, nowMs: number): ElectionDefinition {
  const opensMs = Math.floor(nowMs / 1_000) * 1_000;
  const opensAt = new Date(opensMs).toISOString();
  const template = JSON.parse(readFileSync(templateUrl, 'utf8')) as Record<string, unknown>;
  const read = readDefinition({
    ...template,
    id: another ? `rehearsal-${opensAt.slice(0, 19).replaceAll(/[-:T]/g, '')}` : 'rehearsal',
    opensAt,
    closesAt: new Date(opensMs + openDays * dayMs).toISOString(),
  });
  if (!read.ok) throw new Error(`rehearsal.json is not an election: ${read.faults.join(' ')}`);
  return read.definition;
}
