// Adds to an announced election: a notice to everyone, or the withdrawal of an option while voting is open. Both are
// signed parts of its public document, and neither is ever removed. Repeating a request changes nothing. Every action
// is audited.
import { isDeepStrictEqual } from 'node:util';
import { faultOfWithdrawal } from '../../../domain/contest-rules.ts';
import type { WithdrawnOption } from '../../../protocol/control/election-lifecycle-api.ts';
import type { WrittenElection } from '../../../protocol/control/elections-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition, noticesMax } from '../../../protocol/public-document.ts';
import type { ElectionDefinition, Notice } from '../../../protocol/public-document.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import type { Pool } from '../../../store/database.ts';
import { findElection } from '../../../store/elections/elections.ts';
import type { StoredElection } from '../../../store/elections/elections.ts';
import { findLifecycle, proposeAnnotation } from '../../../store/elections/lifecycle.ts';
import type { AnnotationProposed } from '../../../store/elections/lifecycle.ts';
import type { Actor, Audit, Caller, Changes } from '../audit/audit.ts';
import { changedMeanwhile } from '../drafts/rejections.ts';
import { definitionCharactersMax } from '../drafts/written-election.ts';
import type { PendingChanges } from './pending-changes.ts';

export type NoticeRequest = { readonly text: Notice['text']; readonly reason: string };

export type Annotations = {
  /**
   * Publishes a notice. Throws `election-not-found`, `conflict` before the announcement, after the closing of the intake
   * and above `noticesMax`, or `busy` while the outcome in `ballots` is unknown.
   */
  addNotice(caller: Caller, electionId: string, notice: NoticeRequest): Promise<void>;
  /**
   * Withdraws an option while voting is open. Throws `election-not-found`, `invalid-election` if there is no such
   * option, `conflict` before the opening, after the closing of the intake and if too few options would remain, or
   * `busy` while the outcome in `ballots` is unknown.
   */
  withdrawOption(caller: Caller, electionId: string, option: WithdrawnOption): Promise<void>;
};

type Parts = { readonly pool: Pool; readonly audit: Audit; readonly pendingChanges: PendingChanges };
type Announced = StoredElection & { readonly definition: WrittenElection; readonly announced: ElectionDefinition };
/** The same addition to the stored form and to the published form. */
type Addition = <Form extends WrittenElection | ElectionDefinition>(form: Form) => Form;

export function createAnnotations(parts: Parts): Annotations {
  const objectOf = (id: string) => ({ kind: 'election', id }) as const;
  return {
    async addNotice({ actor, request }, id, { text, reason }) {
      const action = { actor, request, act: 'election.add-notice', object: objectOf(id), reason };
      await parts.audit.record(action, async () => {
        const { election, nowMs } = await announcedElection(parts.pool, id);
        const notices = election.announced.notices ?? [];
        if (isDeepStrictEqual(notices.at(-1)?.text, text)) return { result: undefined };
        if (notices.length >= noticesMax) throw new Problem('conflict', { detail: details.tooMany });
        const notice = { at: instantOf(nowMs), text };
        await annotate(parts, election, actor, (form) => ({ ...form, notices: [...(form.notices ?? []), notice] }));
        return { result: undefined, changed: { notice: { to: notice } } };
      });
    },
    async withdrawOption({ actor, request }, id, option) {
      const { reason } = option;
      const action = { actor, request, act: 'election.withdraw-option', object: objectOf(id), reason };
      return parts.audit.record(action, async () => ({
        result: undefined,
        changed: await withdraw(parts, { id, actor, request: option }),
      }));
    },
  };
}

async function withdraw(
  parts: Parts,
  { id, actor, request }: { readonly id: string; readonly actor: Actor; readonly request: WithdrawnOption },
): Promise<Changes> {
  const { contestId, optionId } = request;
  const { election, nowMs } = await announcedElection(parts.pool, id);
  const contest = election.announced.contests.find((one) => one.id === contestId);
  const option = contest?.options.find((one) => one.id === optionId);
  if (!contest || !option) throw noSuchOption(contest === undefined);
  if (option.withdrawnAt !== undefined) return {};
  if (nowMs < election.opensAtMs) throw new Problem('conflict', { detail: details.early });
  const fault = faultOfWithdrawal(contest);
  if (fault !== null) throw new Problem('conflict', { detail: `${fault} Nothing was changed.` });
  const withdrawnAt = instantOf(nowMs);
  await annotate(parts, election, actor, (form) => withWithdrawal(form, request, withdrawnAt));
  return { [`contests/${contestId}/options/${optionId}`]: { to: { withdrawnAt } } };
}

function withWithdrawal<Form extends WrittenElection | ElectionDefinition>(
  form: Form,
  { contestId, optionId }: WithdrawnOption,
  withdrawnAt: string,
): Form {
  const contests = form.contests.map((contest) =>
    contest.id !== contestId
      ? contest
      : {
          ...contest,
          options: contest.options.map((option) => (option.id === optionId ? { ...option, withdrawnAt } : option)),
        },
  );
  return { ...form, contests };
}

const details = {
  state:
    'Notices and withdrawals can be added to an announced election until it is closed. Before the announcement, change ' +
    'the draft. Nothing was changed.',
  early: 'Voting has not opened. Remove the option by changing the election (PATCH) instead. Nothing was changed.',
  tooMany: `An election has at most ${noticesMax} notices. Nothing was changed.`,
  tooLarge: 'With this text the election is too large to publish. Shorten the text. Nothing was changed.',
  pending: 'Another change of this election is being published. Try again when it is complete. Nothing was changed.',
  version: changedMeanwhile,
} as const;

const noSuchOption = (noContest: boolean): Problem =>
  new Problem('invalid-election', {
    errors: [
      noContest
        ? { path: 'body/contestId', detail: 'This election has no contest with this id.' }
        : { path: 'body/optionId', detail: 'This contest has no option with this id.' },
    ],
  });

/** `nowMs` is the database's clock. */
async function announcedElection(
  pool: Pool,
  id: string,
): Promise<{ readonly election: Announced; readonly nowMs: number }> {
  const election = await findElection(pool, id);
  const lifecycle = await findLifecycle(pool, id);
  if (!election || !lifecycle) throw new Problem('election-not-found');
  if (election.state !== 'announced') throw new Problem('conflict', { detail: details.state });
  const announced = electionDefinition.parse(election.announced);
  return { election: { ...election, announced } as Announced, nowMs: lifecycle.nowMs };
}

async function annotate(
  { pool, pendingChanges }: Parts,
  { id, version, definition, announced }: Announced,
  actor: Actor,
  add: Addition,
): Promise<void> {
  const published = add(announced);
  if (JSON.stringify(published).length > definitionCharactersMax) {
    throw new Problem('conflict', { detail: details.tooLarge });
  }
  const by = actor.kind === 'user' ? actor.userId : actor.kind;
  const proposal = { id, version, definition: add(definition), announced: published, by };
  const outcome = await proposeAnnotation(pool, proposal);
  if (outcome !== 'proposed') throw rejectionOf(outcome);
  await pendingChanges.complete({ id });
}

function rejectionOf(outcome: Exclude<AnnotationProposed, 'proposed'>): Problem {
  if (outcome === 'not-found') return new Problem('election-not-found');
  return new Problem('conflict', { detail: details[outcome] });
}
