// The rehearsal election of the local platform: its times are set when it is first loaded, and kept, so that a restart
// is the same election. When it is over, or can be held no more, the next start begins another.
import { readFileSync } from 'node:fs';
import { phaseAt } from '../domain/election.ts';
import type { Environment } from '../platform/environment.ts';
import { replaceFile } from '../platform/keys/key-directory.ts';
import { Problem, problemBodyOf } from '../protocol/problem.ts';
import type { ElectionDefinition } from '../protocol/public-document.ts';
import { readDefinition, readDefinitionFile } from './definition-file.ts';
import { withElections } from './elections-client.ts';
import type { ElectionsClient } from './elections-client.ts';

const openDays = 30;
const dayMs = 86_400_000;

// Stands in `src/` and is read from there by the sources and by the build alike.
const templateUrl = new URL('./rehearsal.json', import.meta.url);

/** Loads the kept rehearsal into the platform, or another where there is none that can be voted in. */
export async function loadRehearsal(
  operator: Environment,
  { keptFile, nowMs, say }: { keptFile: string; nowMs: number; say: (line: string) => void },
): Promise<ElectionDefinition> {
  const kept = readDefinitionFile(keptFile);
  return withElections(operator, async (elections) => {
    if (kept.ok && phaseAt(nowMs, kept.definition) !== 'closed' && (await isHeld(kept.definition, elections, say))) {
      return kept.definition;
    }
    const rehearsal = newRehearsal(kept.ok, nowMs);
    // Kept before it is loaded, so that loading it can be repeated.
    replaceFile(keptFile, `${JSON.stringify(rehearsal, null, 2)}\n`, 0o600);
    await elections.load(rehearsal);
    return rehearsal;
  });
}

// A rehearsal of an earlier version may break a rule of this one, and somebody may have closed it.
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
    say(`The election ${rehearsal.id} cannot be held any more, another is begun. ${why}`);
    return false;
  }
  for await (const { id, phase } of elections.list()) {
    if (id === rehearsal.id) return phase === 'open' || phase === 'scheduled';
  }
  return false;
}

function newRehearsal(another: boolean, nowMs: number): ElectionDefinition {
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
