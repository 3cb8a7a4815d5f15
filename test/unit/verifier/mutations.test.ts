// Changes of one byte in the files of a good election: each is refused, or changes nothing that is verified.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyElection } from '../../../src/verifier/verify-election.ts';
import { memorySource } from '../../support/verifier/record-builder.ts';

const folder = join(import.meta.dirname, '../../vectors/elections/batches');
const election = JSON.parse(readFileSync(join(folder, 'given.json'), 'utf8')) as {
  electionId: string;
  manifestHash: string;
};
/** How many changes are tried. More were tried by hand: docs/verify.md. */
const changes = 60;

/** What the verifier does not read. */
const unread = /^(?:find\/|client\.json)/;
const served = join(folder, 'served');
const files = new Map(
  readdirSync(served, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(served, path), readFileSync(path)] as const)
    .filter(([path]) => !unread.test(path)),
);

const verify = async (changed: ReadonlyMap<string, Buffer>) => {
  const { report } = await verifyElection({
    source: memorySource(changed),
    electionId: election.electionId,
    manifestHash: Buffer.from(election.manifestHash, 'hex'),
    publisherKey: null,
    savedCheckpoints: [],
    receipts: [],
    openingsPath: null,
    nowMs: Date.now(),
  });
  return report;
};

test('A change of one byte is refused, or leaves every step and number as it was', async () => {
  const { witnesses, ...good } = await verify(files);
  expect(good.exit).toBe(0);
  const change = fc.record({
    path: fc.constantFrom(...files.keys()),
    place: fc.nat(),
    mask: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ path, place, mask }) => {
      const bytes = Buffer.from(files.get(path) ?? Buffer.alloc(1));
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ mask;
      const { witnesses: cosigned, ...report } = await verify(new Map([...files, [path, bytes]]));
      if (report.exit === 1) return;
      // A cosignature more than the quorum may be lost, and white space of a document may be another.
      expect(report).toEqual(good);
      expect(cosigned).toBeGreaterThanOrEqual(Math.min(witnesses - 1, report.quorum));
      expect(path).toMatch(/^(?:checkpoint|.*\.json)$/);
    }),
    { numRuns: changes, endOnFailure: true },
  );
});
