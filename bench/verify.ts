// bench verify: what it costs to verify a million ballots, by both verifiers, each in a process of its own: processor time for an
// entry beside one Ed25519 verification of the same runtime, and peak memory. Afterwards both have verified the election, and
// their reports are equal. Run: npx tsx bench/verify.ts [--quick] [--json] [--size entries] [--node PATH]
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { join } from 'node:path';
import { availableVerifiers } from '../test/tampered/available.ts';
import type { VerifierReport } from '../test/tampered/verifiers.ts';
import { spread } from './harness/blocks.ts';
import { startWorker } from './harness/child.ts';
import type { Cleanup } from './harness/cleanup.ts';
import type { LargeRecord, LargeRecordOrder } from './harness/large-record.ts';
import { measureCommand } from './harness/measured-command.ts';
import type { MeasuredCommand } from './harness/measured-command.ts';
import type { Findings } from './harness/report.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';

const entriesFull = 1_000_000;
const entriesQuick = 20_000;
const rounds = { full: 2, quick: 3 };
/** Most verifications of one signature that an entry may cost, and most MiB (design, section 10). */
const signaturesMax = 1.5;
const mebibytesMax = 512;
/** Verifications that are timed, of a message as long as that of an entry, and memory of the worker that makes the record. */
const verifications = 5_000;
const messageBytes = 118;
const workerMebibytes = 8_192;

const goSource = join(import.meta.dirname, '../src/verifier-go');

/** Seconds of processor time of one verification by Node. */
function nodeSignatureSeconds(): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const message = randomBytes(messageBytes);
  const signature = sign(null, message, privateKey);
  const before = process.cpuUsage();
  for (let n = 0; n < verifications; n += 1) {
    if (!verify(null, message, publicKey, signature)) throw new Error('a signature does not verify');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / verifications;
}

/** The same by Go, as a test of the verifier prints it. */
function goSignature({ cleanup, directory }: Bench): () => Promise<number> {
  const program = join(directory, 'verify.test');
  const env = { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false' };
  execFileSync('go', ['test', '-c', '-o', program, './internal/verify'], { cwd: goSource, env });
  return async () => {
    const words = [program, '-test.run', '^TestTheCostOfASignature$', '-test.v', '-signature'];
    const { output } = await measureCommand(cleanup, words, { cwd: directory });
    const nanoseconds = /signature (\d+) ns/.exec(output)?.[1];
    if (nanoseconds === undefined) throw new Error(`Go names no cost of a signature: ${output}`);
    return Number(nanoseconds) / 1e9;
  };
}

type Measured = MeasuredCommand & {
  /** Processor time of an entry, in verifications of one signature, and the time of one of these in microseconds. */
  readonly signatures: number;
  readonly signatureMicroseconds: number;
};

/** Runs a verifier between two measurements of one signature. */
async function measureVerifier(
  cleanup: Cleanup,
  words: readonly string[],
  ballots: number,
  signatureSeconds: () => Promise<number>,
): Promise<Measured> {
  const before = await signatureSeconds();
  const outcome = await measureCommand(cleanup, words);
  const signature = (before + (await signatureSeconds())) / 2;
  const signatures = outcome.processorSeconds / ballots / signature;
  return { ...outcome, signatures, signatureMicroseconds: signature * 1e6 };
}

function isVerified({ exit, output }: Measured, ballots: number): boolean {
  const { size, failures } = JSON.parse(output) as VerifierReport & { readonly size: number };
  return exit === 0 && size === ballots && failures.length === 0;
}

function report(findings: Findings, name: string, runs: readonly Measured[], withOpenings: Measured): void {
  const of = (each: (run: Measured) => number) => spread(runs.map(each));
  const mebibytes = ({ peakBytes }: Measured): number => peakBytes / 1_048_576;
  const entry = of(({ signatures }) => signatures);
  findings.target(`${name}: an entry`, entry, 'signatures', 'at most', signaturesMax);
  findings.target(`${name}: peak memory`, of(mebibytes), 'MiB', 'at most', mebibytesMax);
  findings.target(`${name}: peak memory with openings`, mebibytes(withOpenings), 'MiB', 'at most', mebibytesMax);
  const signature = of(({ signatureMicroseconds }) => signatureMicroseconds);
  findings.figure(`${name}: one signature`, signature, 'µs');
  findings.figure(`${name}: an entry with its opening`, withOpenings.signatures, 'signatures');
  const seconds = of(({ processorSeconds }) => processorSeconds);
  findings.figure(`${name}: the whole election`, seconds, 's of processor');
}

await runBench('verify', 'a large election by both verifiers, against one signature', async (bench) => {
  const { quick, directory, cleanup, findings, say } = bench;
  const ballots = bench.size ?? (quick ? entriesQuick : entriesFull);
  const order: LargeRecordOrder = { ballots, served: join(directory, 'served'), openings: join(directory, 'openings') };
  say(`making the record of ${ballots} ballots`);
  const worker = startWorker(cleanup, 'large-record', { nodeOptions: [`--max-old-space-size=${workerMebibytes}`] });
  const { electionId, manifestHash } = await worker.ask<LargeRecord>('write', order);
  await worker.end();
  const words = ['https://vote.example.org', electionId, '--from', order.served, '--manifest', manifestHash, '--json'];
  const all: Measured[] = [];
  const texts = new Set<string>();
  const ofAuditors = new Set<string>();
  const verifiers = availableVerifiers(directory);
  for (const { name, command } of verifiers) {
    const signature = name === 'Go' ? goSignature(bench) : () => Promise.resolve(nodeSignatureSeconds());
    const measure = (...more: string[]): Promise<Measured> =>
      measureVerifier(cleanup, [...command, ...words, ...more], ballots, signature);
    const runs: Measured[] = [];
    for (let round = 1; round <= (quick ? rounds.quick : rounds.full); round += 1) {
      say(`${name}, round ${round}`);
      runs.push(await measure());
    }
    say(`${name}, with the openings of an auditor`);
    const withOpenings = await measure('--openings', order.openings);
    report(findings, name, runs, withOpenings);
    all.push(...runs, withOpenings);
    for (const { output } of runs) texts.add(output);
    ofAuditors.add(withOpenings.output);
  }
  const verified = all.filter((run) => isVerified(run, ballots)).length;
  findings.check('each run verifies every entry', verified === all.length, `${verified} of ${all.length} runs`);
  findings.check('every report is the same, byte for byte', texts.size === 1 && ofAuditors.size === 1, 'one report');
  if (verifiers.length === 1) findings.note('There is no Go here: only the verifier in TypeScript was measured.');
});
