// Announces, extends and closes elections, and closes their intake permanently. Each action first stores a pending
// change in the database and then completes it, so that any process can complete or withdraw it later. Repeating an
// action changes nothing. Every action is audited.
import { Problem } from '../../../protocol/problem.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import { currentBytesMax, currentElectionsMax } from '../../../protocol/current-elections.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import {
  countCurrentElections,
  findLifecycle,
  finishClosing,
  proposeAnnouncement,
  proposeEnd,
} from '../../../store/elections/lifecycle.ts';
import type { ElectionLoad, EndProposed, StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import type { Actor, Audit, Caller, Changes } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { rejectOtherDefinition } from '../drafts/pinned-definition.ts';
import type { PinnedDefinition } from '../drafts/pinned-definition.ts';
import { changedMeanwhile, overlapRejection } from '../drafts/rejections.ts';
import { inMegabytes } from '../monitoring/capacity.ts';
import type { PendingChanges } from './pending-changes.ts';

export type Lifecycle = {
  /**
   * Publishes a draft, with `pinned` only that definition. Throws `invalid-election`, `conflict`, or `busy` while the
   * outcome in `ballots` is unknown.
   */
  announce(caller: Caller, electionId: string, pinned?: PinnedDefinition): Promise<void>;
  /** Sets a later end. Throws `conflict`, or `busy` while the outcome in `ballots` is unknown. */
  extend(caller: Caller, electionId: string, change: { closesAt: string; reason: string }): Promise<void>;
  /** Ends voting now. If voting has ended and the grace period is over, closes the intake. */
  close(caller: Caller, electionId: string, reason: string): Promise<void>;
  /** Closes the intake after the end and the grace period. The participation is final from then on. */
  closeIntake(electionId: string): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly ballots: BallotsCalls;
  readonly pendingChanges: PendingChanges;
  /** A draft's definition with the current names, and its version. Throws `invalid-election` with all faults. */
  readonly announceable: (electionId: string) => Promise<{ definition: ElectionDefinition; version: number }>;
  /** Sends the roll of an announced election to `ballots`. Never rejects. */
  readonly sendRoll: (electionId: string) => Promise<void>;
};

export function createLifecycle(parts: Parts): Lifecycle {
  const { pool, audit, pendingChanges } = parts;
  const objectOf = (id: string) => ({ kind: 'election', id }) as const;
  return {
    async announce({ actor, request }, id, pinned) {
      await audit.record({ actor, request, act: 'election.announce', object: objectOf(id) }, async () => {
        const { state } = await existing(pool, id);
        if (state !== 'draft') return { result: undefined };
        await proposeDraft(parts, id, actor, pinned);
        await pendingChanges.complete({ id });
        await parts.sendRoll(id);
        return { result: undefined, changed: { state: { from: 'draft', to: 'announced' } } };
      });
    },
    async extend({ actor, request }, id, { closesAt, reason }) {
      const action = { actor, request, act: 'election.extend', object: objectOf(id), reason };
      await audit.record(action, async () => {
        const before = await existing(pool, id);
        const outcome = await proposeEnd(pool, id, closesAt, nameOf(actor));
        if (outcome === 'unchanged') return { result: undefined };
        if (outcome !== 'proposed') throw await endRejection(pool, before, outcome, closesAt);
        await pendingChanges.complete({ id });
        return { result: undefined, changed: await endChange(pool, before) };
      });
    },
    async close({ actor, request }, id, reason) {
      const action = { actor, request, act: 'election.close', object: objectOf(id), reason };
      await audit.record(action, async () => {
        const before = await existing(pool, id);
        if (isClosed(before)) return { result: undefined };
        const outcome = await proposeEnd(pool, id, null, nameOf(actor));
        if (outcome === 'over') return { result: undefined, changed: await closeWhenOver(parts, before) };
        if (outcome !== 'proposed') throw await endRejection(pool, before, outcome, instantOf(before.nowMs));
        await pendingChanges.complete({ id });
        return { result: undefined, changed: await endChange(pool, before) };
      });
    },
    async closeIntake(id) {
      const action = { actor: { kind: 'clock' }, act: 'election.close-intake', object: objectOf(id) } as const;
      await audit.record(action, async () => ({ result: undefined, changed: await barrier(parts, id) }));
    },
  };
}

const nameOf = (actor: Actor): string => (actor.kind === 'user' ? actor.userId : actor.kind);
const isClosed = ({ state }: StoredLifecycle): boolean =>
  state === 'closed' || state === 'counted' || state === 'published';

async function existing(pool: Pool, id: string): Promise<StoredLifecycle> {
  const row = await findLifecycle(pool, id);
  if (!row) throw new Problem('election-not-found');
  return row;
}

async function proposeDraft(
  { pool, announceable }: Parts,
  id: string,
  actor: Actor,
  pinned: PinnedDefinition | undefined,
): Promise<void> {
  const { definition, version } = await announceable(id);
  rejectOtherDefinition(pinned, { definition, version });
  const max = { elections: currentElectionsMax, bytes: currentBytesMax };
  const outcome = await proposeAnnouncement(pool, { id, version, announced: definition, by: nameOf(actor) }, max);
  if (outcome === 'not-found') throw new Problem('election-not-found');
  if (outcome === 'overlap') throw await overlapRejection(pool, definition);
  if (outcome === 'version') throw new Problem('conflict', { detail: details.version });
  if (outcome === 'over') throw new Problem('conflict', { detail: details['draft-over'] });
  if (outcome === 'full') throw new Problem('conflict', { detail: fullRule(await countCurrentElections(pool)) });
}

// Voting has ended on schedule. The intake is closed now if the grace period is over, otherwise later by the schedule.
async function closeWhenOver(parts: Parts, { id, announced, closesAtMs, nowMs }: StoredLifecycle): Promise<Changes> {
  const { graceSeconds } = electionDefinition.parse(announced);
  return nowMs >= closesAtMs + graceSeconds * 1_000 ? barrier(parts, id) : {};
}

// The schedule publishes the final turnout afterwards.
async function barrier({ pool, ballots }: Parts, id: string): Promise<Changes> {
  const participation = await ballots.close(id);
  if (!(await finishClosing(pool, id, participation))) return {};
  return { state: { from: 'announced', to: 'closed' }, participation: { to: participation } };
}

async function endChange(pool: Pool, before: StoredLifecycle): Promise<Changes> {
  const after = await existing(pool, before.id);
  return { closesAt: { from: instantOf(before.closesAtMs), to: instantOf(after.closesAtMs) } };
}

const fullRule = ({ elections, bytes }: ElectionLoad): string =>
  `The platform serves at most ${currentElectionsMax} open and upcoming elections with ${inMegabytes(currentBytesMax)} ` +
  `of documents. Now there are ${elections} with ${inMegabytes(bytes)}. Announce this election again when others have ` +
  'ended, or close some. Rehearsals count too. Nothing was changed.';

const details = {
  unchanged: 'The election already has this end. Nothing was changed.',
  version: changedMeanwhile,
  'draft-over': 'closesAt is in the past, so no one could vote. Change closesAt first. Nothing was changed.',
  pending: 'Another change of this election is being published. Try again when it is complete. Nothing was changed.',
  state: 'Only the end of an announced election that is not closed can be changed. Nothing was changed.',
  over: 'Voting has ended, and a past end cannot be changed. Nothing was changed.',
  early: 'Voting has not opened. Change the election (PATCH) instead. Nothing was changed.',
  'not-later': 'The new end is before the current end. To end voting now, close the election. Nothing was changed.',
} as const;

async function endRejection(
  pool: Pool,
  before: StoredLifecycle,
  outcome: Exclude<EndProposed, 'proposed'>,
  closesAt: string,
): Promise<Problem> {
  if (outcome === 'not-found') return new Problem('election-not-found');
  if (outcome === 'overlap') {
    return overlapRejection(pool, { id: before.id, opensAt: instantOf(before.opensAtMs), closesAt });
  }
  return new Problem('conflict', { detail: details[outcome] });
}
