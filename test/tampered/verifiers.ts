// Runs a verifier, as a person would, over an election in a folder, and reads its report.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOpenings } from '../../src/domain/record/bundle.ts';
import { parseJson } from '../../src/platform/json.ts';
import { writeLogFiles } from '../support/record/log-files.ts';
import type { LogFiles } from '../support/record/log-files.ts';
import type { GivenElection } from './elections.ts';

/** The command of a verifier, and how it is named in messages. */
export type Verifier = { readonly name: string; readonly command: readonly string[] };

export type VerifierReport = {
  readonly steps: readonly { readonly step: number; readonly outcome: string }[];
  readonly failures: readonly { readonly step: number; readonly reason: string }[];
  readonly exit: number;
};
export type VerifierAnswer = { readonly exit: number; readonly text: string; readonly report: VerifierReport };

/** Longest run of a verifier over a small election, in milliseconds. */
const runMsMax = 60_000;
/** Where the elections say that they are served. No request is made: the folder is read instead. */
const address = 'https://vote.example.org';
/** Where the served files and the checkpoints of the caller are in the folder of an election. */
export const servedFolder = 'served';
export const keptFolder = 'checkpoints';

/** The files of an election in a folder: those that are served, and those that the caller has beside them. */
export function filesOfElection({ served, receipts, checkpoints, openings }: GivenElection): LogFiles {
  const bytesOf = (text: string): Uint8Array => Buffer.from(text);
  return new Map([
    ...[...served].map(([path, bytes]) => [`${servedFolder}/${path}`, bytes] as const),
    ...(receipts ?? []).map((receipt, n) => [`receipt-${n}.json`, bytesOf(JSON.stringify(receipt))] as const),
    ...(checkpoints ?? []).map((note, n) => [`${keptFolder}/checkpoint-${n}`, bytesOf(note)] as const),
    ...(openings ? [['openings', encodeOpenings(openings)] as const] : []),
  ]);
}

/** Writes the files of an election into a new folder and returns the arguments with which a verifier reads it. */
function writeGiven(
  { electionId, anchor, checkpoints, keys }: GivenElection,
  files: LogFiles,
): { readonly folder: string; readonly words: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-election-'));
  mkdirSync(join(folder, keptFolder));
  writeLogFiles(folder, files);
  const served = join(folder, servedFolder);
  const words = [address, electionId, '--from', served, '--manifest', anchor.toString('hex'), '--json'];
  for (const path of files.keys()) {
    if (path.startsWith('receipt-')) words.push('--receipt', join(folder, path));
  }
  for (const [name, key] of Object.entries(keys ?? {})) words.push(`--${name === 'log' ? 'log-key' : name}`, key);
  if (checkpoints) words.push('--checkpoints', join(folder, keptFolder));
  if (files.has('openings')) words.push('--openings', join(folder, 'openings'));
  return { folder, words };
}

/** The exit code and the report of a verifier. Throws where it writes no report. */
export async function runVerifier({ name, command }: Verifier, words: readonly string[]): Promise<VerifierAnswer> {
  const [program = '', ...first] = command;
  const { exit, text, errors } = await new Promise<{ exit: number; text: string; errors: string }>((resolve) => {
    const options = { timeout: runMsMax, maxBuffer: 16 * 1_048_576 };
    execFile(program, [...first, ...words], options, (error, stdout, stderr) => {
      resolve({ exit: error === null ? 0 : Number(error.code ?? -1), text: stdout, errors: stderr });
    });
  });
  try {
    return { exit, text, report: JSON.parse(text) as VerifierReport };
  } catch {
    throw new Error(`${name} wrote no report, and ended with ${exit}: ${errors.slice(0, 500)}${text.slice(0, 500)}`);
  }
}

/** What each verifier says about an election, or why it says nothing. `files`: those of the election with one changed. */
export async function verifyEach(
  verifiers: readonly Verifier[],
  election: GivenElection,
  files: LogFiles = filesOfElection(election),
): Promise<(VerifierAnswer | Error)[]> {
  const { folder, words } = writeGiven(election, files);
  try {
    return await Promise.all(
      verifiers.map((verifier) => runVerifier(verifier, words).catch((error: unknown) => error as Error)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where the reports of several verifiers differ: a step or a field, with what each says. */
export function differencesOf(texts: readonly string[]): string[] {
  if (new Set(texts).size <= 1) return [];
  const reports = texts.map(parseJson);
  if (reports.includes(undefined)) return ['One of them is no report.'];
  const values = reports.map((report) => valuesOf(report as VerifierReport));
  const places = [...new Set(values.flatMap((each) => [...each.keys()]))];
  const differing = places.filter((place) => new Set(values.map((each) => each.get(place))).size > 1);
  if (differing.length === 0) return ['The same values in another form.'];
  return differing.map((place) => `${place}: ${values.map((each) => each.get(place) ?? 'absent').join(' · ')}`);
}

/** The steps and the other fields of a report as texts. */
function valuesOf({ steps, ...rest }: VerifierReport): Map<string, string> {
  const fields = Object.entries(rest).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return new Map([...steps.map(({ step, outcome }) => [`step ${step}`, outcome] as const), ...fields]);
}
