// Elections of an operator or a publisher who wants a verifier to crash, to use all memory, to count wrongly or to differ from
// the other verifier. Both reject each for the same reason, with equal reports.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { signValue } from '../../src/platform/keys/signatures.ts';
import { closingOf, resultsOfDraft } from '../support/record/log-draft.ts';
import type { LogDraft } from '../support/record/log-draft.ts';
import { checkpointNote, checkpointOf, logFiles, openingsOf } from '../support/record/log-files.ts';
import { batchElection, plainElection, smallElection } from '../support/record/small-elections.ts';
import { availableVerifiers } from './available.ts';
import type { GivenElection } from './elections.ts';
import { differencesOf, filesOfElection, verifyEach } from './verifiers.ts';

const scratch = mkdtempSync(join(tmpdir(), 'popvote-hostile-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const verifiers = availableVerifiers(scratch);
const plain = smallElection(plainElection);
const paper = smallElection(batchElection);

const electionOf = (draft: LogDraft, served: GivenElection['served']): GivenElection => ({
  electionId: draft.names.electionId,
  served,
  anchor: draft.names.manifestHash,
});

type Members = Record<string, unknown>;
type LooseResults = Members & { contests: (Members & { options: (Members & { votes: number })[] })[] };

/** The election with results that the publisher changed and signed again. */
function withResults(draft: LogDraft, change: (results: LooseResults) => void): GivenElection {
  const results = structuredClone(resultsOfDraft(draft)) as unknown as LooseResults;
  change(results);
  const signature = signValue(draft.keys.publisher, results);
  return electionOf(draft, logFiles(draft).set('results.json', Buffer.from(JSON.stringify({ results, signature }))));
}

const contestNumber = (results: LooseResults, place: number) => results.contests[place]!;

/** Batches of as many rows as there can be, or more. */
function largeBatches(most: number): GivenElection {
  const closing = closingOf(paper);
  const batch = (n: number, counted: number) => ({
    batchId: `wrapped-${n}`,
    rows: counted,
    counted,
    invalid: 0,
    missing: 0,
  });
  const huge = Array.from({ length: 2048 }, (_, n) => batch(n, most));
  const batches = [...closing.batches, ...huge, batch(2048, 2048)];
  return electionOf(paper, logFiles(paper, { closing: { ...closing, batches } }));
}

const paperVotes = paper.ballots.filter(
  ({ head, ballot }) => head.channel === 2 && ballot.contests[2]!.choices.includes('hall'),
).length;
const onlineBallots = paper.ballots.filter(({ head }) => head.channel === 1).length;

const hostile: readonly { readonly what: string; readonly reason: string; make(): GivenElection }[] = [
  { what: 'as many rows in 2,048 batches as there can be', reason: 'batches', make: () => largeBatches(2 ** 40 - 1) },
  {
    what: 'rows of batches that wrap in 64 bits',
    reason: 'closing-signature',
    make: () => largeBatches(Number.MAX_SAFE_INTEGER),
  },
  {
    what: 'more votes than valid ballots that are not opened',
    reason: 'results-sums',
    make: () =>
      withResults(paper, (results) => (contestNumber(results, 2).options[0]!.votes = paperVotes + onlineBallots)),
  },
  {
    what: 'an empty list of stations beside paper ballots',
    reason: 'results-sums',
    make: () => withResults(paper, (results) => (results['stations'] = [])),
  },
  {
    what: 'an option number that no contest has',
    reason: 'results-sums',
    make: () => withResults(plain, (results) => (contestNumber(results, 0).options[0]!['number'] = 501)),
  },
  ...['winners', 'seatsEmpty'].map((name) => ({
    what: `null in place of ${name}`,
    reason: 'results-count',
    make: () => withResults(plain, (results) => (contestNumber(results, 0)[name] = null)),
  })),
  {
    what: 'a checkpoint of four billion entries that are not there',
    reason: 'tile-form',
    make: () => {
      const checkpoint = checkpointNote(
        plain.keys,
        { ...checkpointOf(plain), size: 2 ** 32 - 1 },
        plain.keys.witnesses,
      );
      return electionOf(plain, logFiles(plain, { checkpoint, closing: null, results: null }));
    },
  },
  {
    what: 'a text of fifteen million escapes',
    reason: 'results-signature',
    make: () =>
      electionOf(plain, logFiles(plain).set('results.json', Buffer.from(`{"results":"${'\\n'.repeat(15_000_000)}"}`))),
  },
  {
    what: 'ten million empty objects',
    reason: 'results-signature',
    make: () => electionOf(plain, logFiles(plain).set('results.json', Buffer.from(`[${'{},'.repeat(10_000_000)}{}]`))),
  },
  {
    what: 'openings of a log without entries',
    reason: 'opening',
    make: () => {
      const empty = smallElection({ id: 'empty-2024', online: 0, batches: [] });
      const openings = openingsOf(plain, () => true).slice(0, 1);
      return { ...electionOf(empty, logFiles(empty, { closing: null, results: null })), openings };
    },
  },
];

describe.skipIf(verifiers.length === 0)('Hostile elections', { timeout: 120_000 }, () => {
  test.each(hostile)('Both verifiers reject $what: $reason', async ({ reason, make }) => {
    const election = make();
    const answers = await verifyEach(verifiers, election, filesOfElection(election));
    const outcomes = answers.map((answer) =>
      answer instanceof Error
        ? answer.message
        : [answer.exit, ...answer.report.failures.map((failure) => failure.reason)].join(' '),
    );
    expect(outcomes).toEqual(verifiers.map(() => `1 ${reason}`));
    expect(differencesOf(answers.map((answer) => (answer instanceof Error ? '' : answer.text)))).toEqual([]);
  });

  test.each([
    ['an empty hash', ['--manifest', '']],
    ['an empty folder name', ['--checkpoints', '']],
    ['a folder in place of openings', ['--openings', scratch]],
    ['a folder in place of a receipt', ['--receipt', scratch]],
    ['a file in place of a folder', ['--checkpoints', import.meta.filename]],
  ])('Both verifiers refuse the argument: %s', (_name, words) => {
    const exits = verifiers.map(({ command: [program = '', ...first] }) => {
      const all = [...first, 'https://vote.example.org', 'library', '--from', scratch, ...words];
      return spawnSync(program, all).status;
    });
    expect(exits).toEqual(verifiers.map(() => 2));
  });
});
