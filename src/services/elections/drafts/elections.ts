// Creates, reads, changes and removes elections, from the draft to the opening. A rejection lists all faults at once.
// The database prevents conflicts between concurrent requests. Every action is audited.
import { randomUUID } from 'node:crypto';
import { announcementFaults } from '../../../domain/election.ts';
import { suggestionFaults } from '../../../domain/suggested-values.ts';
import type { Clock } from '../../../platform/clock.ts';
import type {
  AdministeredElection,
  CopyRequest,
  ElectionChange,
  ElectionPreview,
  ElectionRequest,
  ElectionsQuery,
  ElectionSummary,
  WrittenElection,
} from '../../../protocol/control/elections-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition, ElectionKeyIds } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import {
  changeDraft,
  createElection,
  deleteDraft,
  findElection,
  listElections,
  proposeAmendment,
} from '../../../store/elections/elections.ts';
import type { ElectionWriting, StoredElection } from '../../../store/elections/elections.ts';
import { findParticipants } from '../../../store/elections/participants.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { auditedChanges } from './audited-changes.ts';
import { pinnedOf, rejectOtherDefinition } from './pinned-definition.ts';
import { previewOf } from './preview.ts';
import { overlapRejection, rejectionOf } from './rejections.ts';
import { shownElectionOf, shownSummary } from './election-view.ts';
import { shownManifestHash } from '../record/manifest.ts';
import {
  completeElection,
  copyOf,
  participantsOf,
  resolveElection,
  withKeyIds,
  withPhoneRegion,
} from './written-election.ts';
import type { DefinitionFault, KnownParticipants } from './written-election.ts';

/** Most faults in one answer. */
const faultsMax = 200;

/** `version` null: any version. */
export type Expected = {
  readonly id: string;
  readonly version: number | null;
  /** The only definition after the change. */
  readonly definitionHash?: string | undefined;
};
export type PinnedChange = { readonly change: ElectionChange; readonly pinned: ReturnType<typeof pinnedOf> };

export type Elections = {
  /** Creates a draft. Throws `invalid-election`, and `conflict` if the id exists. */
  create(caller: Caller, request: ElectionRequest): Promise<AdministeredElection>;
  /**
   * Creates a draft with the definition of an election in any state, without its roll and its ballots. Throws
   * `election-not-found`, and like `create`.
   */
  copy(caller: Caller, electionId: string, request: CopyRequest): Promise<AdministeredElection>;
  /** A page of elections, newest first. `next`: `before` of the next page. */
  list(query: ElectionsQuery): Promise<{ elections: ElectionSummary[]; next: string | null }>;
  /** Throws `election-not-found`. */
  find(id: string): Promise<AdministeredElection>;
  /** Throws `election-not-found`, and `invalid-election` if the definition cannot be published. */
  preview(id: string): Promise<ElectionPreview>;
  /**
   * Changes a draft, or an announced election that has not opened. An announced election is announced again. Throws
   * `election-not-found`, `invalid-election` or `conflict`, and `busy` while the outcome in `ballots` is unknown.
   */
  change(caller: Caller, expected: Expected, change: ElectionChange): Promise<AdministeredElection>;
  /** A change with all ids, and the definition after it. Throws `election-not-found`, and `invalid-election`. */
  pinnedChange(expected: Expected, change: ElectionChange): Promise<PinnedChange>;
  /** Removes a draft. Throws `election-not-found`, and `conflict` for another version or an announced election. */
  remove(caller: Caller, expected: Expected): Promise<void>;
  /**
   * The definition that would be announced, with the current names. Throws `invalid-election` with all faults, without an
   * organiser of an election that counts, and with the suggested values that no one has replaced or accepted.
   */
  announceable(id: string): Promise<{ readonly definition: ElectionDefinition; readonly version: number }>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly phoneRegion: string;
  /** Of new elections. */
  readonly keyIds: ElectionKeyIds;
  /**
   * Sends the pending change of an announced election to `ballots`, then completes or withdraws it. Throws the
   * rejection, or `busy` while the outcome is unknown. The schedule completes the change later in that case.
   */
  readonly pendingChanges: { complete(election: { readonly id: string }): Promise<void> };
};

export function createElections(parts: Parts): Elections {
  const { pool, audit, clock } = parts;
  const asNew = (election: WrittenElection): WrittenElection =>
    withKeyIds(withPhoneRegion(election, parts.phoneRegion), parts.keyIds);
  return {
    async create({ actor, request }, { id = randomUUID(), ...rest }) {
      const object = { kind: 'election', id } as const;
      return audit.record({ actor, request, act: 'election.create', object }, async () => {
        const election = asNew(completeElection(id, rest));
        const result = await createDraft(pool, election, actor);
        return { result, changed: auditedChanges({}, election) };
      });
    },
    async copy({ actor, request }, electionId, { id = randomUUID(), ...different }) {
      const object = { kind: 'election', id } as const;
      return audit.record({ actor, request, act: 'election.create', object }, async () => {
        const original = writtenOf(await existing(pool, electionId));
        const election = asNew(copyOf(original, id, different));
        const result = await createDraft(pool, election, actor);
        return { result, changed: { copyOf: { to: electionId }, ...auditedChanges({}, election) } };
      });
    },
    async list({ limit, ...filter }) {
      // One more row than the page shows whether there is a next page.
      const rows = await listElections(pool, filter, limit + 1);
      const page = rows.slice(0, limit);
      return { elections: page.map(shownSummary), next: rows.length > limit ? String(page.at(-1)?.number) : null };
    },
    find: (id) => electionView(pool, id),
    async preview(id) {
      const election = await existing(pool, id);
      const participants = await knownParticipants(pool, writtenOf(election));
      const manifestHash = await shownManifestHash(pool, id);
      return { ...(await previewOf({ pool, nowMs: clock() }, election, participants)), manifestHash };
    },
    async change({ actor, request }, expected, change) {
      const object = { kind: 'election', id: expected.id } as const;
      return audit.record({ actor, request, act: 'election.change', object }, async () => {
        const before = await existing(pool, expected.id);
        const after = withChange(writtenOf(before), change);
        const definition = await definitionOf(pool, after);
        if (before.state !== 'draft') rejectFaults(lostByChange(writtenOf(before), after), 'body');
        const version = expected.version ?? before.version;
        rejectOtherDefinition({ definitionHash: expected.definitionHash }, { definition, version });
        const writing = { ...writingOf(after, actor), version };
        if (before.state === 'draft') await changeTheDraft(pool, writing);
        else await amend(parts, before, { ...writing, announced: definition });
        return { result: await electionView(pool, expected.id), changed: auditedChanges(writtenOf(before), after) };
      });
    },
    async pinnedChange({ id, version }, change) {
      const before = await existing(pool, id);
      const after = withChange(writtenOf(before), change);
      const definition = await definitionOf(pool, after);
      if (before.state !== 'draft') rejectFaults(lostByChange(writtenOf(before), after), 'body');
      const pinned = pinnedOf({ definition, version: version ?? before.version });
      const names = Object.keys(change) as (keyof ElectionChange)[];
      // Contests and options without an id have one after the change. JSON would lose what null removes.
      return { change: Object.fromEntries(names.map((name) => [name, after[name] ?? null])), pinned };
    },
    async remove({ actor, request }, expected) {
      const object = { kind: 'election', id: expected.id } as const;
      await audit.record({ actor, request, act: 'election.delete', object }, async () => {
        const before = await existing(pool, expected.id);
        const outcome = await deleteDraft(pool, expected);
        if (outcome !== 'deleted') throw rejectionOf(outcome);
        return { result: undefined, changed: auditedChanges(writtenOf(before), {}) };
      });
    },
    announceable: (id) => announceableDraft(pool, id),
  };
}

async function announceableDraft(pool: Pool, id: string): ReturnType<Elections['announceable']> {
  const election = await existing(pool, id);
  const definition = await definitionOf(pool, writtenOf(election), 'election');
  rejectFaults([...announcementFaults(definition), ...suggestionFaults(definition)], 'election');
  return { definition, version: election.version };
}

/** Stores a new draft. Throws `invalid-election` with all faults, and `conflict` if the id exists. */
async function createDraft(pool: Pool, election: WrittenElection, actor: Caller['actor']) {
  await definitionOf(pool, election);
  const outcome = await createElection(pool, writingOf(election, actor));
  if (outcome === 'taken') throw new Problem('conflict', idTaken);
  if (outcome !== 'created') throw rejectionOf(outcome);
  return electionView(pool, election.id);
}

const idTaken = {
  detail: 'Another election has this short name, which is its id. Nothing was changed.',
  errors: [{ path: 'body/id', detail: 'Choose another short name.' }],
};

async function existing(pool: Pool, id: string): Promise<StoredElection> {
  const election = await findElection(pool, id);
  if (!election) throw new Problem('election-not-found');
  return election;
}

async function electionView(pool: Pool, id: string): Promise<AdministeredElection> {
  const election = await existing(pool, id);
  const participants = await knownParticipants(pool, writtenOf(election));
  return shownElectionOf(election, participants, await shownManifestHash(pool, id));
}

// This service stored the definition as a `WrittenElection`.
const writtenOf = ({ definition }: StoredElection): WrittenElection => definition as WrittenElection;

async function knownParticipants(pool: Pool, election: WrittenElection): Promise<KnownParticipants> {
  const ids = participantsOf(election);
  const rows = ids.length === 0 ? [] : await findParticipants(pool, ids);
  return new Map(rows.map((participant) => [participant.id, participant]));
}

/** The definition with the current names. Throws `invalid-election` with at most `faultsMax` faults. */
async function definitionOf(pool: Pool, election: WrittenElection, place = 'body'): Promise<ElectionDefinition> {
  const resolved = resolveElection(election, await knownParticipants(pool, election));
  if (resolved.ok) return resolved.definition;
  throw invalid(resolved.faults, place);
}

/** What an announced election had and would lose. That it counts from now on is rejected elsewhere. */
const lostByChange = (before: WrittenElection, after: WrittenElection): readonly DefinitionFault[] =>
  before.organiser === undefined || before.rehearsal !== after.rehearsal ? [] : announcementFaults(after);

function rejectFaults(faults: readonly DefinitionFault[], place: string): void {
  if (faults.length > 0) throw invalid(faults, place);
}

function invalid(faults: readonly DefinitionFault[], place: string): Problem {
  const errors = faults.map(({ path, detail }) => ({ path: `${place}/${path}`, detail }));
  return new Problem('invalid-election', { errors: errors.slice(0, faultsMax) });
}

function withChange(before: WrittenElection, change: ElectionChange): WrittenElection {
  const { id, ...rest } = before;
  const { phoneCountries } = before.verification;
  // null removes them.
  const { organiser = before.organiser, colour = before.colour, logo = before.logo, ...more } = change;
  const { resultHours = before.resultHours, ...others } = more;
  // A change that leaves the countries out keeps them: left out they would mean every country.
  const verification = { ...(phoneCountries && { phoneCountries }), ...(change.verification ?? before.verification) };
  // Fields of the stored election have all ids. `completeElection` adds the ids of new fields.
  const removable = {
    organiser: organiser ?? undefined,
    colour: colour ?? undefined,
    logo: logo ?? undefined,
    resultHours: resultHours ?? undefined,
  };
  const changed = { ...rest, ...others, ...removable, verification };
  return completeElection(id, changed as Omit<ElectionRequest, 'id'>);
}

function writingOf(election: WrittenElection, actor: Caller['actor']): ElectionWriting {
  const { id, opensAt, closesAt, rehearsal } = election;
  const by = actor.kind === 'user' ? actor.userId : actor.kind;
  return { id, definition: election, opensAt, closesAt, rehearsal, participants: participantsOf(election), by };
}

async function changeTheDraft(pool: Pool, writing: ElectionWriting & Expected): Promise<void> {
  const outcome = await changeDraft(pool, writing);
  if (outcome !== 'changed') throw rejectionOf(outcome);
}

async function amend(
  { pool, pendingChanges }: Parts,
  before: StoredElection,
  writing: ElectionWriting & Expected & { readonly announced: ElectionDefinition },
): Promise<void> {
  if (before.state === 'announced' && writing.rehearsal !== (before.announced as ElectionDefinition).rehearsal)
    throw new Problem('conflict', { detail: rehearsalStays });
  const outcome = await proposeAmendment(pool, writing);
  if (outcome === 'overlap') throw await overlapRejection(pool, writing);
  if (outcome !== 'proposed') throw rejectionOf(outcome);
  await pendingChanges.complete(writing);
}

const rehearsalStays =
  '`rehearsal` cannot change after the announcement, because voters have seen it. Create another election. Nothing ' +
  'was changed.';
