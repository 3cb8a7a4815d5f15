// Acts on users. Where two administrators can sign in, an act that concerns another one is only proposed: it was tried in
// a transaction that was rolled back, so what can never be done is refused at once. Another administrator confirms it
// within 24 hours, and it is carried out in the transaction that ends the proposal, with exactly its parameters.
import { randomUUID } from 'node:crypto';
import { proposalSeconds, userActNeedsTwo } from '../../../domain/two-people.ts';
import type {
  UserActDone,
  UserActName,
  UserActProposal,
  UserProposal,
} from '../../../protocol/control/user-proposals-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import {
  beginUserAct,
  findUserProposal,
  listUserProposals,
  proposeUserAct,
  takeUserProposal,
  withdrawUserProposal,
} from '../../../store/access/user-proposals.ts';
import type { StoredUserProposal } from '../../../store/access/user-proposals.ts';
import { inTransaction } from '../../../store/certain-query.ts';
import type { Pool } from '../../../store/database.ts';
import type { AccountAudit, AuditEvent } from '../audit.ts';
import type { Revocations } from '../revocations.ts';
import { userActRejection } from './user-acts.ts';
import type { ParametersOfUserAct, PerformUserAct, UserActResults, UserActs } from './user-acts.ts';

/** Most proposals of one administrator that wait at once. */
const proposalsMax = 50;

export type ActedOnUser<Result> =
  | { readonly kind: 'acted'; readonly result: Result }
  | { readonly kind: 'proposed'; readonly proposal: UserActProposal };

export type UserProposals = {
  /** Carries out an act, or proposes it. `user` is null for an invitation. Throws the rejection of the act. */
  act<Name extends UserActName>(
    name: Name,
    actor: string,
    user: string | null,
    parameters: ParametersOfUserAct<Name>,
  ): Promise<ActedOnUser<UserActResults[Name]>>;
  /**
   * Carries out the proposal of another administrator. Throws `proposal-not-found`, `conflict` for one's own and where
   * the account is not as it was, and the rejection of the act. Then nothing was changed, and the proposal waits.
   */
  confirm(actor: string, id: string): Promise<UserActDone>;
  /** By the one who proposed it. Throws `proposal-not-found`, and `conflict` for another's. */
  withdraw(actor: string, id: string): Promise<void>;
  list(): Promise<UserProposal[]>;
};

type Parts = {
  readonly pool: Pool;
  readonly acts: UserActs;
  readonly revocations: Revocations;
  readonly audit: AccountAudit;
};
/** An act of any name, with parameters of that name. */
type AnyAct = {
  readonly parameters: { parse(value: unknown): never };
  concernsOthers(actor: string, user: string, parameters: never): boolean;
  event(user: string, parameters: never): Omit<AuditEvent, 'outcome' | 'actor'>;
  prepare(actor: string, user: string, parameters: never): Promise<PerformUserAct<object>>;
};

export function createUserProposals(parts: Parts): UserProposals {
  const { pool, audit } = parts;
  const entryOf = (name: UserActName): AnyAct => parts.acts[name] as unknown as AnyAct;
  return {
    async act(name, actor, user, parameters) {
      const entry = entryOf(name);
      const values = parameters as never;
      const perform = await entry.prepare(actor, user ?? '', values);
      const attempt = await inTransaction(pool, async (transaction) => {
        const confirmers = await beginUserAct(transaction);
        const done = await perform(transaction);
        const changes = done.outcome === 'done' && done.events.length > 0;
        const proposes = changes && userActNeedsTwo(confirmers) && entry.concernsOthers(actor, user ?? '', values);
        return { keep: changes && !proposes, result: proposes ? ('proposed' as const) : done };
      });
      if (attempt === 'proposed')
        return { kind: 'proposed', proposal: await propose(parts, { actor, name, user, parameters, entry }) };
      if (attempt.outcome !== 'done') {
        const problem = userActRejection(attempt);
        audit({ ...entry.event(user ?? '', values), actor, outcome: problem.code });
        throw problem;
      }
      const result = await finish(parts, attempt, { actor });
      return { kind: 'acted', result: result as UserActResults[typeof name] };
    },
    async confirm(actor, id) {
      const refuse = (problem: Problem): never => {
        audit({ act: 'proposal.confirm', outcome: problem.code, actor, proposal: id });
        throw problem;
      };
      const stored = await findUserProposal(pool, id);
      if (!stored) return refuse(new Problem('proposal-not-found', { detail: over }));
      const { userId, proposedBy } = stored;
      const name = stored.act as UserActName;
      const entry = entryOf(name);
      const perform = await entry.prepare(
        proposedBy,
        userId ?? '',
        entry.parameters.parse(JSON.parse(stored.parameters)),
      );
      const attempt = await inTransaction<Done | Problem>(pool, async (transaction) => {
        const decision = await takeUserProposal(transaction, id, actor);
        if (decision !== 'taken') return { keep: false, result: decisionProblem(decision) };
        const done = await perform(transaction);
        if (done.outcome !== 'done') return { keep: false, result: userActRejection(done) };
        return { keep: true, result: done };
      });
      if (attempt instanceof Problem) return refuse(attempt);
      return { act: name, ...(await finish(parts, attempt, { actor: proposedBy, confirmedBy: actor, proposal: id })) };
    },
    async withdraw(actor, id) {
      const withdrawn = await withdrawUserProposal(pool, id, actor);
      if (withdrawn.outcome !== 'withdrawn') {
        const problem = decisionProblem(withdrawn.outcome);
        audit({ act: 'proposal.withdraw', outcome: problem.code, actor, proposal: id });
        throw problem;
      }
      const { userId } = withdrawn;
      audit({ act: 'proposal.withdraw', outcome: 'done', actor, proposal: id, ...(userId && { user: userId }) });
    },
    list: async () => (await listUserProposals(pool)).map(proposalView),
  };
}

type Proposing = {
  readonly actor: string;
  readonly name: UserActName;
  readonly user: string | null;
  readonly parameters: object;
  readonly entry: AnyAct;
};

async function propose({ pool, audit }: Parts, proposing: Proposing): Promise<UserActProposal> {
  const { actor, name, user, parameters, entry } = proposing;
  const { act: proposes, ...about } = entry.event(user ?? '', parameters as never);
  const event = { ...about, act: 'proposal.create', proposes, actor } as const;
  const proposal = {
    id: randomUUID(),
    act: name,
    userId: user,
    parameters: JSON.stringify(parameters),
    proposedBy: actor,
  };
  const stored = await proposeUserAct(pool, proposal, { lifeSeconds: proposalSeconds, max: proposalsMax });
  if (stored.outcome !== 'proposed') {
    const problem =
      stored.outcome === 'full'
        ? new Problem('conflict', { detail: full })
        : userActRejection({ outcome: stored.outcome });
    audit({ ...event, outcome: problem.code });
    throw problem;
  }
  const { id, expiresAtMs } = stored;
  audit({ ...event, outcome: 'done', proposal: id });
  return { id, act: name, expiresAt: instantOf(expiresAtMs) };
}

type Done = Extract<Awaited<ReturnType<PerformUserAct<object>>>, { outcome: 'done' }>;
type People = { readonly actor: string; readonly confirmedBy?: string; readonly proposal?: string };

async function finish({ revocations, audit }: Parts, { ended, events, result }: Done, by: People): Promise<object> {
  await revocations.publish(ended);
  for (const event of events) audit({ ...event, ...by, outcome: 'done' });
  return result();
}

const decisions = {
  own: 'Another administrator must confirm what you proposed. Nothing was changed.',
  'not-own':
    'Only the administrator who proposed this can withdraw it. Without a confirmation it expires. Nothing was changed.',
  stale:
    'The account is not as it was when this was proposed, or the one who proposed it is no administrator any more. ' +
    'Propose the act again. Nothing was changed.',
} as const;
const over = 'It was confirmed or withdrawn, or it has expired. The audit log says which. Nothing was changed.';
const full = 'Too many of your proposals wait. Withdraw some of them first. Nothing was changed.';

function decisionProblem(outcome: keyof typeof decisions | 'not-found' | 'not-admitted'): Problem {
  if (outcome === 'not-found') return new Problem('proposal-not-found', { detail: over });
  if (outcome === 'not-admitted') return new Problem('role-not-allowed');
  return new Problem('conflict', { detail: decisions[outcome] });
}

const proposalView = ({ id, act, userId, parameters, proposedBy, proposedAtMs, expiresAtMs }: StoredUserProposal) => ({
  id,
  // The service stores names of its registry only.
  act: act as UserActName,
  userId,
  parameters: JSON.parse(parameters) as Record<string, unknown>,
  proposedBy,
  proposedAt: instantOf(proposedAtMs),
  expiresAt: instantOf(expiresAtMs),
});
