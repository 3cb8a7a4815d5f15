// The registry of the acts that an administrator carries out on an election, with the schema of their parameters and
// their executor. Routes, plans and confirmed proposals all carry out an act by its entry here.
import { z } from 'zod';
import { batchId } from '../../../protocol/control/batch-entries.ts';
import {
  closeRequest,
  extendRequest,
  lossRequest,
  noticeRequest,
  withdrawnOption,
} from '../../../protocol/control/election-lifecycle-api.ts';
import { electionChange } from '../../../protocol/control/elections-api.ts';
import type { ElectionActName } from '../../../protocol/control/proposals-api.ts';
import { destructionRequest } from '../../../protocol/control/destruction-api.ts';
import { lotRequest, publishRequest } from '../../../protocol/control/results-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { reason } from '../../../protocol/written-text.ts';
import type { Pool } from '../../../store/database.ts';
import type { Elections } from '../drafts/elections.ts';
import { pinnedDefinition, pinnedOf } from '../drafts/pinned-definition.ts';
import type { Destruction } from '../destruction/destruction.ts';
import type { Annotations } from '../lifecycle/annotations.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { Losses } from '../lifecycle/losses.ts';
import type { PaperBallots } from '../results/paper-ballots.ts';
import { missingWitnesses } from '../results/missing-witnesses.ts';
import type { Results } from '../results/results.ts';
import type { FinalWitnesses } from '../record/published-log.ts';
import { newestResult } from '../results/results-view.ts';
import type { WithdrawBatch } from '../results/withdraw-batch.ts';
import type { RollPeople } from '../roll/roll-people.ts';
import type { RollSeal } from '../roll/roll-seal.ts';
import type { RollSeals } from '../roll/roll-seals.ts';
import { electionAct } from './election-act.ts';
import { rollImportAct } from './roll-import-act.ts';
import { isRehearsal } from './second-person.ts';

/** Longest number of a person, sealed, in base64. */
const sealedCharactersMax = 512;

export type ActParts = {
  readonly pool: Pool;
  readonly elections: Elections;
  readonly lifecycle: Lifecycle;
  readonly annotations: Annotations;
  readonly losses: Losses;
  readonly results: Results;
  readonly finalWitnesses: FinalWitnesses;
  readonly paperBallots: Pick<PaperBallots, 'setAside'>;
  readonly withdrawBatch: WithdrawBatch;
  readonly rollPeople: Pick<RollPeople, 'remove'>;
  readonly seals: RollSeals;
  readonly destruction: Destruction;
};

export type ElectionActs = ReturnType<typeof createElectionActs>;

export function createElectionActs(parts: ActParts) {
  const importing = { 'import-roll': rollImportAct };
  return { ...lifecycleActs(parts), ...resultActs(parts), ...rollActs(parts), ...importing } satisfies Record<
    ElectionActName,
    unknown
  >;
}

const announcement = z.strictObject({ pinned: pinnedDefinition.optional() });
const amendment = z.strictObject({
  version: z.int().nullable(),
  definitionHash: z.string().optional(),
  change: electionChange,
});

function lifecycleActs({ elections, lifecycle, annotations, losses }: ActParts) {
  return {
    announce: electionAct({
      parameters: announcement,
      concerns: (state) => state === 'draft',
      judged: (election) => ({ pinned: { rehearsal: isRehearsal(election) } }),
      pin: async (id) => ({ pinned: pinnedOf(await elections.announceable(id)) }),
      execute: (caller, id, { pinned }) => lifecycle.announce(caller, id, pinned),
    }),
    change: electionAct({
      parameters: amendment,
      concerns: (state) => state !== 'draft',
      judged: (election, { version, change }) => ({ version: version ?? election.version, change }),
      async pin(id, { version, change }) {
        const { pinned, change: whole } = await elections.pinnedChange({ id, version }, change);
        return { ...pinned, change: whole };
      },
      execute: (caller, id, { change, ...expected }) => elections.change(caller, { id, ...expected }, change),
    }),
    extend: electionAct({
      parameters: extendRequest,
      execute: (caller, id, extension) => lifecycle.extend(caller, id, extension),
    }),
    close: electionAct({
      parameters: closeRequest,
      execute: (caller, id, closing) => lifecycle.close(caller, id, closing.reason),
    }),
    'add-notice': electionAct({
      parameters: noticeRequest,
      execute: (caller, id, notice) => annotations.addNotice(caller, id, notice),
    }),
    'withdraw-option': electionAct({
      parameters: withdrawnOption,
      execute: (caller, id, option) => annotations.withdrawOption(caller, id, option),
    }),
    'accept-loss': electionAct({
      parameters: lossRequest,
      execute: (caller, id, loss) => losses.accept(caller, id, loss.reason),
    }),
  };
}

const batch = z.strictObject({ batchId, reason });

function resultActs({ pool, results, finalWitnesses, paperBallots, withdrawBatch, destruction }: ActParts) {
  return {
    count: electionAct({ parameters: z.strictObject({}), execute: (caller, id) => results.count(caller, id) }),
    'decide-by-lot': electionAct({
      parameters: lotRequest,
      execute: (caller, id, lot) => results.decideByLot(caller, id, lot),
    }),
    publish: electionAct({
      parameters: publishRequest,
      pin: async (id, request) => {
        await missingWitnesses({ pool, finalWitnesses }, id, request);
        return { ...request, revision: request.revision ?? (await newestResult(pool, id)).revision };
      },
      execute: (caller, id, request) => results.publish(caller, id, request),
    }),
    'certify-destruction': electionAct({
      parameters: destructionRequest,
      async pin(id, request) {
        await destruction.judge(id, request);
        return request;
      },
      execute: (caller, id, request) => destruction.certify(caller, id, request),
    }),
    'set-aside-batch': electionAct({
      parameters: batch,
      execute: (caller, electionId, one) =>
        paperBallots.setAside(caller, { electionId, batchId: one.batchId }, one.reason),
    }),
    'withdraw-batch': electionAct({
      parameters: batch,
      execute: (caller, electionId, one) => withdrawBatch(caller, { electionId, batchId: one.batchId }, one.reason),
    }),
  };
}

const removal = z.strictObject({
  number: z.string().min(1).max(sealedCharactersMax),
  reason,
  /** Of an act without a second person: whether the election was a draft. */
  draft: z.boolean().optional(),
});

function rollActs({ rollPeople, seals }: ActParts) {
  return {
    'remove-from-roll': electionAct({
      parameters: removal,
      concerns: (state) => state !== 'draft',
      judged: (election, one) => ({ ...one, draft: election.state === 'draft' }),
      // The number is stored and audited in sealed form only.
      conceal: async (id, { number, ...rest }) => ({
        ...rest,
        number: (await seals(id)).seal(number).toString('base64'),
      }),
      reveal: async (id, { number, ...rest }) => ({ ...rest, number: openedNumber(await seals(id), number) }),
      execute: (caller, id, one) => rollPeople.remove(caller, id, one),
    }),
  };
}

// When the key of an ended election is destroyed, no one can open its numbers any more.
function openedNumber(seal: RollSeal, number: string): string {
  try {
    return seal.open(Buffer.from(number, 'base64'));
  } catch (error) {
    if (error instanceof Problem && error.code === 'busy') return number;
    throw error;
  }
}
