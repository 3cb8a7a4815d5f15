// Repeated ballots, in the program itself: each changed election of docs/verify.md about them has its reason and the note.
import { expect, test } from 'vitest';
import { verifyElection } from '../../../src/verifier/verify-election.ts';
import { goodElections, tamperedElections } from '../../tampered/elections.ts';
import type { GivenElection } from '../../tampered/elections.ts';
import { memorySource } from '../../support/verifier/record-builder.ts';

const reasons = ['repeated-entries', 'receipt-repeated'];
const about = tamperedElections.filter(({ reason }) => reasons.includes(reason));
const repeated = goodElections.find(({ name }) => name.startsWith('repeated ballots'));

async function verify({ electionId, served, anchor, receipts = [] }: GivenElection) {
  const files = new Map([...served].map(([path, bytes]) => [path, Buffer.from(bytes)]));
  const { report } = await verifyElection({
    source: memorySource(files),
    electionId,
    manifestHash: anchor,
    publisherKey: null,
    savedCheckpoints: [],
    receipts: receipts.map((receipt) => Buffer.from(JSON.stringify(receipt))),
    openingsPath: null,
    nowMs: Date.now(),
  });
  return report;
}

test('Repeated ballots with their entries are verified, with a note', async () => {
  const report = await verify(repeated!.make());
  expect(report).toMatchObject({ failures: [], exit: 0 });
  expect(report.notes).toContain('ballots-repeated');
});

test.each(about)('Number $number fails in the program: $reason', async ({ number, reason, make }) => {
  const { failures, exit, notes } = await verify(make());
  expect({ failures, exit }).toEqual({
    failures: [{ step: reason === 'receipt-repeated' ? 11 : 13, reason }],
    exit: 1,
  });
  // That one has no repeated ballots.
  expect(notes.includes('ballots-repeated')).toBe(number !== '46c');
});
