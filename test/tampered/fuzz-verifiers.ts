// Gives verifiers elections with one byte changed, or one value of a signed document, and collects where they are wrong or disagree.
import { cpus } from 'node:os';
import { logFiles } from '../support/record/log-files.ts';
import { smallElection } from '../support/record/small-elections.ts';
import { isHarmless, mutated, mutationNumber } from './mutations.ts';
import { signedChange } from './signed-changes.ts';
import { differencesOf, verifyEach } from './verifiers.ts';
import type { Verifier } from './verifiers.ts';

export type FuzzOutcome = { readonly rejected: number; readonly harmless: number; readonly faults: readonly string[] };

const draft = smallElection({
  id: 'fuzz-2024',
  online: 40,
  batches: [9, 6],
  steps: [20],
  repeated: 2,
  withdrawn: ['council/green'],
});
const files = logFiles(draft);

/** Tries the first `count` changes. Each fault is one line, which is also passed to `report` at once. */
export async function fuzz(
  verifiers: readonly Verifier[],
  count: number,
  report: (line: string) => void = () => undefined,
): Promise<FuzzOutcome> {
  const faults: string[] = [];
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
    const served = mutated(files, mutation);
    const election = { electionId: draft.names.electionId, served, anchor: draft.names.manifestHash };
    const answers = await verifyEach(verifiers, election);
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
    if (differences.length > 0) add(`${what}: ${differences.join('; ')}`);
    else if (exits.every((exit) => exit === 1 || exit === 4)) rejected += 1;
    else if (isHarmless(draft, path, files.get(path)!, served.get(path)!)) harmless += 1;
    else add(`${what}: accepted with ${exits.join(' and ')}`);
  };
  await inTurns(count, judge);
  return { rejected, harmless, faults };
}

/** Tries the first `count` changes of one value in a document that is signed again. Returns where verifiers disagree. */
export async function fuzzSigned(
  verifiers: readonly Verifier[],
  count: number,
  report: (line: string) => void = () => undefined,
): Promise<readonly string[]> {
  const faults: string[] = [];
  await inTurns(count, async (n) => {
    const { what, election } = signedChange(draft, files, 'one value', n);
    const answers = await verifyEach(verifiers, election);
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
