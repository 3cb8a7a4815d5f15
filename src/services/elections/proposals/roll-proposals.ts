// Imports of a roll that two administrators make. The file is never stored: the first upload proposes it by its SHA-256,
// and the second administrator confirms by uploading the same file.
import type { z } from 'zod';
import type { RollQuery, RollReport } from '../../../protocol/control/roll-api.ts';
import { rollQuery } from '../../../protocol/control/roll-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { findElection } from '../../../store/elections/elections.ts';
import type { StoredElection } from '../../../store/elections/elections.ts';
import { findProposal } from '../../../store/elections/proposals.ts';
import type { Caller } from '../audit/audit.ts';
import { electionChanged } from '../roll/roll-import.ts';
import type { RollApproval, RollImport } from '../roll/roll-import.ts';
import type { ActedOrProposed, Proposals } from './proposals.ts';
import { rollImportAct, rollImportParameters } from './roll-import-act.ts';
import { requireSecondFactor } from './second-factor.ts';
import type { SecondPerson } from './second-person.ts';

/** Imports a roll, or proposes it. Throws like `RollImport.add` and `Proposals.confirm`. */
export type ImportOrProposeRoll = (
  caller: Caller,
  electionId: string,
  query: RollQuery,
  file: AsyncIterable<Buffer>,
) => Promise<ActedOrProposed<RollReport>>;

type Parts = {
  readonly pool: Pool;
  readonly rolls: RollImport;
  readonly secondPerson: SecondPerson;
  readonly proposals: Proposals;
};

export function createRollProposals({ pool, rolls, secondPerson, proposals }: Parts): ImportOrProposeRoll {
  return async (caller, id, { proposal, ...query }, file) => {
    if (proposal !== undefined) {
      const parameters = await parametersOf(pool, id, proposal);
      const result = await proposals.confirmWith(caller, proposal, (confirm) =>
        rolls.add(caller, id, rollQuery.parse(parameters.query), file, {
          act: 'election.import-roll',
          async approve({ sha256 }) {
            if (sha256 !== parameters.sha256) throw new Problem('conflict', { detail: otherFile });
            await confirm();
            return true;
          },
        }),
      );
      return { kind: 'acted', result };
    }
    const election = await findElection(pool, id);
    if (election !== null && election.state !== 'draft' && !query.dryRun) requireSecondFactor(caller, election);
    const alone = query.dryRun || election === null || election.state === 'draft';
    if (alone || !(await secondPerson.isNeeded(election)))
      return { kind: 'acted', result: await rolls.add(caller, id, query, file, approvalOf(query, election)) };
    let sha256 = '';
    const report = await rolls.add(caller, id, query, file, {
      act: 'election.check-roll',
      approve(checked) {
        ({ sha256 } = checked);
        return Promise.resolve(false);
      },
    });
    const text = await rollImportAct.exactText(id, { query: textsOf(query), sha256, counts: countsOf(report) });
    return proposals.propose(caller, { electionId: id, act: 'import-roll', parameters: text, reason: null, at: null });
  };
}

/** Of an act of one person: it holds for the election as it was judged. */
const approvalOf = (query: RollQuery, judged: StoredElection | null): RollApproval => ({
  act: query.dryRun ? 'election.check-roll' : 'election.import-roll',
  approve: ({ state }) =>
    state === judged?.state
      ? Promise.resolve(true)
      : Promise.reject(new Problem('conflict', { detail: electionChanged })),
});

const textsOf = (query: RollQuery): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

const countsOf = ({ mode, rows, added, changed, removed, alreadyThere, malformed, collision }: RollReport) => ({
  mode,
  rows,
  added,
  changed,
  removed,
  alreadyThere,
  malformed,
  collision,
});

async function parametersOf(pool: Pool, electionId: string, id: string): Promise<z.infer<typeof rollImportParameters>> {
  const proposal = await findProposal(pool, id);
  if (proposal?.electionId !== electionId || proposal.act !== 'import-roll') throw new Problem('proposal-not-found');
  return rollImportParameters.parse(JSON.parse(proposal.parameters ?? '{}'));
}

const otherFile =
  'This is not the file that was proposed: its SHA-256 is another. Send exactly that file. Nothing was changed.';
