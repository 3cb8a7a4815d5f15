// Every tampered election of stage 1 is rejected by both verifiers, for exactly its reason and with equal reports. Elections
// that are changed at random have equal reports.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { availableVerifiers, isWithoutGo } from './available.ts';
import { goodElections, tamperedElections } from './elections.ts';
import type { GivenElection } from './elections.ts';
import { fuzz, fuzzSigned } from './fuzz-verifiers.ts';
import { differencesOf, verifyEach } from './verifiers.ts';
import type { VerifierAnswer } from './verifiers.ts';

const scratch = mkdtempSync(join(tmpdir(), 'popvote-tampered-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const verifiers = availableVerifiers(scratch);
/** Changes of one byte that every run tries. `npx tsx test/tampered/fuzz.ts --bytes 10000` with both commands tries more. */
const changesTried = 300;
/** The kinds of files of which one is changed at least once: what is served, and what voters, watchers and auditors have. */
const kindsChanged = [
  'checkpoints/checkpoint',
  'openings',
  'receipt',
  'served/checkpoint',
  'served/client.json',
  'served/closing.json',
  'served/find',
  'served/manifest.json',
  'served/opening',
  'served/repeated',
  'served/results.json',
  'served/tile',
  'served/tile/entries',
];
/** Changes of one value in a document that is signed again, of which the same holds. */
const signedChangesTried = 100;

async function answersOf(election: GivenElection): Promise<VerifierAnswer[]> {
  const answers = await verifyEach(verifiers, election);
  return answers.map((answer) => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

const outcomeOf = ({ exit, report }: VerifierAnswer) => ({
  exit,
  reasons: report.failures.map(({ reason }) => reason),
});

describe.skipIf(verifiers.length === 0)(
  `The verifiers${isWithoutGo ? ' (the one in Go is missing here)' : ''}`,
  { timeout: 300_000 },
  () => {
    test.each(goodElections)('A right election is verified: $name', async ({ exit, make }) => {
      const answers = await answersOf(make());
      for (const answer of answers) expect(outcomeOf(answer)).toEqual({ exit, reasons: [] });
      expect(differencesOf(answers.map(({ text }) => text))).toEqual([]);
    });

    test.each(tamperedElections)('Number $number is rejected for its reason: $reason', async ({ reason, make }) => {
      const answers = await answersOf(make());
      for (const answer of answers) expect(outcomeOf(answer)).toEqual({ exit: 1, reasons: [reason] });
      expect(differencesOf(answers.map(({ text }) => text))).toEqual([]);
    });

    test(`Of ${changesTried} changes of one byte each is rejected or harmless, and the verifiers agree`, async () => {
      const { rejected, harmless, faults, kinds } = await fuzz(verifiers, changesTried);
      expect(faults).toEqual([]);
      expect(kinds).toEqual(kindsChanged);
      expect(rejected).toBeGreaterThan(harmless);
      expect(rejected + harmless).toBe(changesTried);
    });

    test(`The verifiers agree on ${signedChangesTried} changes of one value that the publisher signed`, async () => {
      expect(await fuzzSigned(verifiers, signedChangesTried)).toEqual([]);
    });
  },
);
