// Gives verifiers elections with one byte changed, or one value of a signed document, and collects where they are wrong or disagree.
import { cpus } from 'node:os';
import { receiptOfBallot } from '../support/record/log-ballots.ts';
import { checkpointNote, checkpointOf, logFiles, openingsOf } from '../support/record/log-files.ts';
import { smallElection } from '../support/record/small-elections.ts';
import type { GivenElection } from './elections.ts';
import { effectOf, kindOfFile, mutated, mutationNumber } from './mutations.ts';
import { signedChange } from './signed-changes.ts';
import { differencesOf, filesOfElection, verifyEach } from './verifiers.ts';
import type { Verifier } from './verifiers.ts';

export type FuzzOutcome = {
  readonly rejected: number;
  readonly harmless: number;
  readonly faults: readonly string[];
  /** The kinds of files that were changed, in the order of their names. */
  readonly kinds: readonly string[];
};

const draft = smallElection({
  id: 'fuzz-2024',
  online: 40,
  batches: [9, 6],
  steps: [20],
  repeated: 2,
  withdrawn: ['council/green'],
});
const served = logFiles(draft);
const online = draft.ballots.filter(({ head }) => head.channel === 1);
/** What its voters, watchers and auditors have beside what is served. */
const beside: Pick<GivenElection, 'receipts' | 'checkpoints' | 'openings'> = {
  receipts: [online[0]!, online.at(-1)!].map((ballot) => receiptOfBallot(draft.keys, draft.names, ballot)),
  checkpoints: [20, draft.ballots.length].map((size) =>
    checkpointNote(draft.keys, checkpointOf(draft, size), draft.keys.witnesses),
  ),
  openings: openingsOf(draft, (channel) => channel === 1),
};
const good: GivenElection = {
  electionId: draft.names.electionId,
  served,
  anchor: draft.names.manifestHash,
  ...beside,
};
const files = filesOfElection(good);

/** Tries the first `count` changes. Each fault is one line, which is also passed to `report` at once. */
export async function fuzz(
  verifiers: readonly Verifier[],
  count: number,
  report: (line: string) => void = () => undefined,
): Promise<FuzzOutcome> {
  const faults: string[] = [];
  const kinds = new Set<string>();
  let rejected = 0;
  let harmless = 0;
  const add = (fault: string): void => {
    faults.push(fault);
    report(fault);
  };
  const judge = async (n: number): Promise<void> => {
    const mutation = mutationNumber('one byte', n, files);
    const { path, at, mask } = mutation;
    const what = `${n}: ${path} byte ${at} by ${mask}`;
    kinds.add(kindOfFile(path));
    const after = mutated(files, mutation);
    const answers = await verifyEach(verifiers, good, after);
    const reports = [];
    for (const answer of answers) {
      if (answer instanceof Error) {
        add(`${what}: ${answer.message}`);
        return;
      }
      reports.push(answer);
    }
    const differences = differencesOf(reports.map(({ text }) => text));
    const exits = reports.map(({ exit }) => exit);
    const effect = effectOf(draft, path, files.get(path)!, after.get(path)!);
    const isRejected = exits.every((exit) => exit === 1 || exit === 4);
    if (differences.length > 0) add(`${what}: ${differences.join('; ')}`);
    else if (isRejected && effect === 'unread') add(`${what}: rejected with ${exits.join(' and ')}`);
    else if (isRejected) rejected += 1;
    else if (effect !== 'misleading' && exits.every((exit) => exit === 0)) harmless += 1;
    else add(`${what}: accepted with ${exits.join(' and ')}`);
  };
  await inTurns(count, judge);
  return { rejected, harmless, faults, kinds: [...kinds].sort() };
}

/** Tries the first `count` changes of one value in a document that is signed again. Returns where verifiers disagree. */
export async function fuzzSigned(
  verifiers: readonly Verifier[],
  count: number,
  report: (line: string) => void = () => undefined,
): Promise<readonly string[]> {
  const faults: string[] = [];
  await inTurns(count, async (n) => {
    const { what, election } = signedChange(draft, served, 'one value', n);
    const answers = await verifyEach(verifiers, { ...election, ...beside });
    const failed = answers.flatMap((answer) => (answer instanceof Error ? [answer.message] : []));
    const texts = answers.flatMap((answer) => (answer instanceof Error ? [] : [answer.text]));
    const differences = [...failed, ...differencesOf(texts)];
    if (differences.length === 0) return;
    faults.push(`${n}: ${what}: ${differences.join('; ')}`);
    report(faults.at(-1) ?? '');
  });
  return faults;
}

/** Calls `work` for 0 to `count` - 1, as many at once as there are processors. */
async function inTurns(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: cpus().length }, worker));
}
