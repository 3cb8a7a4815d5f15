// The rehearsal election of the local platform: its times are set when it is first loaded, and kept, so that a restart
// is the same election. When it is over, the next start begins another.
import { readFileSync } from 'node:fs';
import { phaseAt } from '../domain/election.ts';
import { readDefinition, readDefinitionFile } from './definition-file.ts';
import { replaceFile } from '../platform/key-directory.ts';
import type { ElectionDefinition } from '../protocol/public-document.ts';

const openDays = 30;
const dayMs = 86_400_000;

// Stands in `src/` and is read from there by the sources and by the build alike.
const templateUrl = new URL('../../src/local/rehearsal.json', import.meta.url);

/** The kept rehearsal, or a new one that opens now. It is kept before it is loaded, so that loading it can be repeated. */
export function rehearsalElection(keptFile: string, nowMs: number): ElectionDefinition {
  const kept = readDefinitionFile(keptFile);
  if (kept.ok && phaseAt(nowMs, kept.definition) !== 'closed') return kept.definition;
  const opensMs = Math.floor(nowMs / 1_000) * 1_000;
  const day = new Date(opensMs).toISOString().slice(0, 10).replaceAll('-', '');
  const template = JSON.parse(readFileSync(templateUrl, 'utf8')) as Record<string, unknown>;
  const read = readDefinition({
    ...template,
    id: kept.ok ? `rehearsal-${day}` : 'rehearsal',
    opensAt: new Date(opensMs).toISOString(),
    closesAt: new Date(opensMs + openDays * dayMs).toISOString(),
  });
  if (!read.ok) throw new Error(`rehearsal.json is not an election: ${read.faults.join(' ')}`);
  replaceFile(keptFile, `${JSON.stringify(read.definition, null, 2)}\n`, 0o600);
  return read.definition;
}
