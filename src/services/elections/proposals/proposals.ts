// Acts of one administrator that another confirms. A proposal stores the exact parameters for 24 hours. Its confirmation
// makes it a scheduled act in one transaction, which is carried out at once, or at its planned moment, by the code that
// carries out plans. Both names are in the audit log.
import { proposalSeconds } from '../../../domain/two-people.ts';
import type { PlanRequest, ScheduledAct } from '../../../protocol/control/election-lifecycle-api.ts';
import { proposalsListMax } from '../../../protocol/control/proposals-api.ts';
import type {
  ElectionActName,
  Proposal,
  ProposalDetails,
  ProposalsQuery,
  ProposedAnswer,
} from '../../../protocol/control/proposals-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { findElection } from '../../../store/elections/elections.ts';
import {
  confirmProposal,
  findProposal,
  listProposals,
  proposeAct,
  rejectProposal,
} from '../../../store/elections/proposals.ts';
import type { NewProposal, StoredProposal } from '../../../store/elections/proposals.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { withoutPictures } from '../drafts/logo.ts';
import { leaseMs } from '../lifecycle/scheduled-acts.ts';
import type { ScheduledActs } from '../lifecycle/scheduled-acts.ts';
import type { ElectionAct } from './election-act.ts';
import type { ElectionActs } from './election-acts.ts';
import { decisionRejection, proposingRejection } from './proposal-rejections.ts';
import { shownProposal } from './proposal-view.ts';
import { requireSecondFactor } from './second-factor.ts';
import type { SecondPerson } from './second-person.ts';
import { parametersOfPlan, storedAct } from './stored-acts.ts';

/** Most proposals of an election that wait at once. */
const proposalsMax = 200;

export type ActProposed = ProposedAnswer['proposal'];
export type ActedOrProposed<Result> =
  { readonly kind: 'acted'; readonly result: Result } | { readonly kind: 'proposed'; readonly proposal: ActProposed };

type ParametersOf<Name extends keyof ElectionActs> =
  ElectionActs[Name] extends ElectionAct<infer Parameters, unknown> ? Parameters : never;
type ResultOf<Name extends keyof ElectionActs> = Awaited<ReturnType<ElectionActs[Name]['carryOut']>>;

export type Proposals = {
  /** Carries out an act, or proposes it where another administrator must confirm. Throws like the act. */
  act<Name extends keyof ElectionActs>(
    name: Name,
    caller: Caller,
    electionId: string,
    parameters: ParametersOf<Name>,
  ): Promise<ActedOrProposed<ResultOf<Name>>>;
  /** Plans an act, or proposes the plan. Throws like `ScheduledActs.plan`, and `invalid-election`. */
  plan(caller: Caller, electionId: string, request: PlanRequest): Promise<ActedOrProposed<ScheduledAct>>;
  /**
   * Confirms the proposal of another administrator and carries it out. Throws `proposal-not-found`, `conflict` if it is
   * one's own, expired or decided, or if its author is no administrator any more, and the problem of an act that cannot
   * be carried out.
   */
  confirm(caller: Caller, id: string): Promise<ProposalDetails>;
  /**
   * Confirms an act that `work` carries out itself, after it called `confirm`. Throws like `confirm`, and what `work`
   * throws.
   */
  confirmWith<Result>(
    caller: Caller,
    id: string,
    work: (confirm: () => Promise<void>) => Promise<Result>,
  ): Promise<Result>;
  /** Stores a proposal. Throws `election-not-found`, and `conflict`. */
  propose(caller: Caller, proposal: Omit<NewProposal, 'by'>): Promise<ActedOrProposed<never>>;
  /** Rejects a proposal; the proposer may reject it too. Throws `proposal-not-found`, and `conflict`. */
  reject(caller: Caller, id: string): Promise<ProposalDetails>;
  list(query: ProposalsQuery): Promise<Proposal[]>;
  /** Only administrators see the number of a person on a roll. Throws `proposal-not-found`. */
  find(caller: Caller, id: string): Promise<ProposalDetails>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly acts: ElectionActs;
  readonly secondPerson: SecondPerson;
  readonly scheduledActs: Pick<ScheduledActs, 'plan' | 'carryOut' | 'finish'>;
};

export function createProposals(parts: Parts): Proposals {
  const { pool, acts, secondPerson } = parts;
  const find: Proposals['find'] = async (caller, id) =>
    detailsOf(acts, await existing(pool, id), isAdministrator(caller));
  return {
    find,
    list: async ({ state, electionId = null }) =>
      (await listProposals(pool, { electionId, waiting: state === 'proposed' }, proposalsListMax)).map(shownProposal),
    async act(name, caller, electionId, parameters) {
      // Each entry takes the parameters of its own name.
      const entry = acts[name] as unknown as ElectionAct<typeof parameters, ResultOf<typeof name>>;
      const election = await findElection(pool, electionId);
      if (election !== null && (name === 'announce' || election.state !== 'draft'))
        requireSecondFactor(caller, election);
      if (election === null || !isAdministrator(caller) || !entry.concerns(election.state))
        return acted(await entry.actAlone(caller, electionId, parameters, election));
      if (!(await secondPerson.isNeeded(election)))
        return acted(await entry.actAlone(caller, electionId, parameters, election));
      const text = await entry.exactText(electionId, parameters);
      return propose(parts, caller, {
        electionId,
        act: name,
        parameters: text,
        reason: reasonOf(parameters),
        at: null,
      });
    },
    async plan(caller, electionId, request) {
      const { act, at, reason } = request;
      const election = await findElection(pool, electionId);
      if (election !== null) requireSecondFactor(caller, election);
      // Also for the plan of one person: a draft that no one could announce now is not planned.
      const text = act === 'announce' ? await acts.announce.exactText(electionId, {}) : parametersOfPlan(act, reason);
      if (election === null || !(await secondPerson.isNeeded(election)))
        return acted(await parts.scheduledActs.plan(caller, electionId, request));
      return propose(parts, caller, { electionId, act, parameters: text, reason, at });
    },
    async confirm(caller, id) {
      const proposal = await decidable(pool, caller, id);
      // It cannot be carried out without its file, so it is not confirmed either.
      if (proposal.act === 'import-roll')
        await acts['import-roll'].carryOut(caller, proposal.electionId, proposal.parameters ?? '');
      const { actId, immediate } = await confirmed(parts, caller, proposal);
      if (immediate) await parts.scheduledActs.carryOut(actId);
      return find(caller, id);
    },
    async confirmWith(caller, id, work) {
      const proposal = await decidable(pool, caller, id);
      const leased: { actId?: string } = {};
      try {
        const result = await work(async () => {
          leased.actId = (await confirmed(parts, caller, proposal)).actId;
        });
        if (leased.actId !== undefined) await parts.scheduledActs.finish(leased.actId, null);
        return result;
      } catch (error) {
        if (leased.actId !== undefined) await parts.scheduledActs.finish(leased.actId, error);
        throw error;
      }
    },
    propose: (caller, proposal) => propose(parts, caller, proposal),
    async reject(caller, id) {
      const proposal = await decidable(pool, caller, id);
      await parts.audit.record(decision('election.reject-proposal', caller, proposal), async () => {
        const outcome = await rejectProposal(pool, id, userOf(caller.actor));
        if (outcome !== 'rejected') throw decisionRejection(outcome);
        return { result: undefined, changed: auditedProposal(proposal) };
      });
      return find(caller, id);
    },
  };
}

const acted = <Result>(result: Result) => ({ kind: 'acted', result }) as const;

const isAdministrator = ({ actor }: Caller): boolean => actor.kind === 'user' && actor.role === 'administrator';

function userOf(actor: Caller['actor']): string {
  if (actor.kind !== 'user') throw new Error('only users propose and decide');
  return actor.userId;
}

const reasonOf = (parameters: object): string | null => {
  const { reason } = parameters as { readonly reason?: string };
  return reason ?? null;
};

async function existing(pool: Pool, id: string): Promise<StoredProposal> {
  const proposal = await findProposal(pool, id);
  if (!proposal) throw new Problem('proposal-not-found');
  return proposal;
}

/** Throws `proposal-not-found`, and `second-factor-missing`. */
async function decidable(pool: Pool, caller: Caller, id: string): Promise<StoredProposal> {
  const proposal = await existing(pool, id);
  const election = await findElection(pool, proposal.electionId);
  if (election !== null) requireSecondFactor(caller, election);
  return proposal;
}

async function propose({ pool, audit }: Parts, { actor, request }: Caller, proposal: Omit<NewProposal, 'by'>) {
  const { electionId, act, parameters, at, reason } = proposal;
  const object = { kind: 'election', id: electionId } as const;
  const action = { actor, request, act: 'election.propose', object, ...(reason !== null && { reason }) };
  return audit.record(action, async () => {
    const limits = { lifeSeconds: proposalSeconds, max: proposalsMax };
    const stored = await proposeAct(pool, { ...proposal, by: userOf(actor) }, limits);
    if (stored.outcome !== 'proposed') throw proposingRejection(stored.outcome);
    const { id, expiresAt } = shownProposal(await existing(pool, stored.id));
    const result = { kind: 'proposed', proposal: { id, act: act as ElectionActName, expiresAt } } as const;
    const audited = JSON.parse(parameters, withoutPictures) as unknown;
    return { result, changed: { proposal: { to: { id, act, at, parameters: audited } } } };
  });
}

const decision = (act: string, { actor, request }: Caller, { electionId, reason }: StoredProposal) => ({
  actor,
  request,
  act,
  object: { kind: 'election', id: electionId } as const,
  ...(reason !== null && { reason }),
});

const auditedProposal = ({ id, act, proposedBy }: StoredProposal) => ({ proposal: { to: { id, act, proposedBy } } });

function confirmed({ pool, audit, secondPerson }: Parts, caller: Caller, proposal: StoredProposal) {
  return audit.record(decision('election.confirm-proposal', caller, proposal), async () => {
    // Two administrators decide: one who was suspended, removed or given another role is none.
    if (proposal.state === 'proposed' && (await secondPerson.hasLeft(proposal.proposedBy)))
      throw decisionRejection('left');
    const outcome = await confirmProposal(pool, proposal.id, userOf(caller.actor), leaseMs);
    if (outcome.outcome !== 'confirmed') throw decisionRejection(outcome.outcome);
    return { result: outcome, changed: auditedProposal(proposal) };
  });
}

async function detailsOf(acts: ElectionActs, stored: StoredProposal, revealed: boolean): Promise<ProposalDetails> {
  const text = stored.parameters ?? '{}';
  const parameters = revealed
    ? await storedAct(acts, stored.act).shown(stored.electionId, text)
    : (JSON.parse(text) as object);
  return { proposal: shownProposal(stored), parameters: parameters as Record<string, unknown> };
}
