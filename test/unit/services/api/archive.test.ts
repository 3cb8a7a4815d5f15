// Documents in memory and in the archive of `ballots`: bounds, and what happens beyond them.
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../../../src/platform/content-hash.ts';
import { newSigningJwk, publicJwk } from '../../../../src/platform/keys/new-keys.ts';
import { signingKey, signValue, verificationKeys } from '../../../../src/platform/keys/signatures.ts';
import { Problem } from '../../../../src/protocol/problem.ts';
import type { DestructionCertificate } from '../../../../src/protocol/record/destruction.ts';
import type { ElectionArchive } from '../../../../src/protocol/public-api.ts';
import { publicationOf } from '../../../../src/services/elections/publishing/publication.ts';
import type { ArchiveCalls } from '../../../../src/services/api/documents/archive-calls.ts';
import { createDocuments } from '../../../../src/services/api/documents/documents.ts';
import { createFindElections } from '../../../../src/services/api/documents/find-elections.ts';
import { definition } from '../../../support/elections.ts';
import { createLogProbe } from '../../../support/log.ts';

const jwk = newSigningJwk('publisher');
const publisher = signingKey(jwk);
const keys = verificationKeys([publicJwk(jwk)]);
const hourMs = 3_600_000;
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
const textOf = (id: string, closesInMs: number, revision = 1, title = id): string => {
  const times = { opensAt: at(closesInMs - hourMs), closesAt: at(closesInMs) };
  return JSON.stringify(publicationOf(definition({ id, title: { en: title }, ...times }), publisher, revision));
};
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'found',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

describe('The documents in memory', () => {
  test('Beyond the bound an ended election goes to the archive, and without one the new election is refused', () => {
    const documents = createDocuments(keys, { servedMax: 2 });
    documents.take('ended', textOf('ended', -hourMs));
    documents.take('open', textOf('open', hourMs));
    expect(documents.take('later', textOf('later', 2 * hourMs))).toBe('taken');
    expect(documents.election('ended', Date.now())).toMatchObject({ archived: true });
    expect(documents.election('open', Date.now())).toMatchObject({ archived: false });
    expect(documents.take('one-more', textOf('one-more', hourMs))).toBe('full');
    expect(documents.election('one-more', Date.now())).toBeNull();
    // Newer documents of those that are there are taken.
    expect(documents.take('open', textOf('open', hourMs, 2))).toBe('taken');
  });

  test('Elections that are no longer published go to the archive when they are over, and never before', () => {
    const documents = createDocuments(keys);
    for (const [id, ms] of [
      ['ended', -hourMs],
      ['in-grace', -60_000],
      ['open', hourMs],
    ] as const) {
      documents.take(id, textOf(id, ms));
    }
    documents.archiveOthers(new Set());
    const archived = ['ended', 'in-grace', 'open'].map((id) => documents.election(id, Date.now())?.archived);
    expect(archived).toEqual([true, false, false]);
  });

  test('Of the archive, those that were asked for last stay in memory, by number and by bytes', () => {
    const present = (documents: ReturnType<typeof createDocuments>): string[] =>
      ['a', 'b', 'c'].filter((id) => documents.election(id, Date.now()) !== null);
    const few = createDocuments(keys, { archivedMax: 2 });
    const small = createDocuments(keys, { archivedBytesMax: 1 });
    for (const documents of [few, small]) {
      for (const id of ['a', 'b']) documents.take(id, textOf(id, -hourMs), 'archive');
      documents.election('a', Date.now());
    }
    few.take('c', textOf('c', -hourMs), 'archive');
    expect(present(few)).toEqual(['a', 'c']);
    // One alone may be larger than the bound.
    small.take('c', textOf('c', -hourMs), 'archive');
    expect(present(small)).toEqual(['c']);
  });

  test('A version that was taken is known, another one is not', () => {
    const documents = createDocuments(keys);
    const text = textOf('e', hourMs);
    documents.take('e', text);
    expect(documents.has('e', contentHash(text))).toBe(true);
    expect(documents.has('e', contentHash(`${text} `))).toBe(false);
    expect(documents.has('other', contentHash(text))).toBe(false);
  });
});

describe('A certificate of destruction', () => {
  const day = '2027-06-20';
  const certificate: DestructionCertificate = {
    version: 1,
    electionId: 'ended',
    signedAt: at(0),
    resultsRevision: 1,
    publishedAt: at(-hourMs),
    certifiedOn: day,
    retainedUntil: day,
    act: 'election.certify-destruction',
    statedBy: ['administrator'],
    destroyed: [{ what: 'roll', basis: 'checked', on: null }],
    kept: ['results'],
  };
  const head = { record: 'popvote/record/v1', number: 7, hash: 'ab'.repeat(32), signedAt: at(0) };
  const signature = signValue(publisher, head);
  const publication = (record: object, revision = 1): string => {
    const destruction = { destruction: certificate, signature: signValue(publisher, certificate), record };
    return JSON.stringify({ ...(JSON.parse(textOf('ended', -hourMs, revision)) as object), destruction });
  };

  test('Beside it, a head of the record that no publisher signed is not served', () => {
    const take = (record: object): string => createDocuments(keys).take('ended', publication(record));
    expect(take({ head, signature })).toBe('taken');
    expect(take({ head: { ...head, number: 8 }, signature })).toBe('refused');
    expect(take({ head, signature: signValue(signingKey(newSigningJwk('publisher')), head) })).toBe('refused');
  });

  test('It stays served when it is left out, also of a later or an earlier revision', () => {
    const documents = createDocuments(keys);
    documents.take('ended', publication({ head, signature }, 2));
    const served = documents.election('ended', Date.now())?.destruction?.answer.body.toString();
    expect(served).toContain(day);
    for (const revision of [2, 3, 1]) {
      expect(documents.take('ended', textOf('ended', -hourMs, revision))).toBe('taken');
      expect(documents.election('ended', Date.now())?.destruction?.answer.body.toString()).toBe(served);
    }
  });
});

describe('The archive of the ballot server', () => {
  const ids = Array.from({ length: 5 }, (_, n) => `e-${n}`);
  const start = (bounds: Parameters<typeof createFindElections>[0]['bounds'] = {}) => {
    const calls: string[] = [];
    const state = { answers: true, revision: 1, nowMs: Date.now(), held: Promise.resolve() };
    const archive: ArchiveCalls = {
      async publication(id) {
        calls.push(id);
        await state.held;
        if (!state.answers) throw new Error('no answer');
        return ids.includes(id) ? textOf(id, -hourMs, state.revision, `revision ${state.revision}`) : null;
      },
      async page({ from }) {
        calls.push(`page ${from}`);
        await state.held;
        if (!state.answers) throw new Error('no answer');
        const start = from ?? 0;
        const publications = ids.slice(start, start + 2).map((id) => ({ id, text: textOf(id, -hourMs) }));
        return { publications, next: start + 2 < ids.length ? start + 2 : null };
      },
    };
    const documents = createDocuments(keys);
    const { logger } = createLogProbe('api');
    const finder = createFindElections({ documents, archive, clock: () => state.nowMs, logger, bounds });
    return { calls, state, documents, finder };
  };

  test('An election is loaded once for many readers, and later requests need no call', async () => {
    const { calls, finder } = start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => finder.find('e-1')));
    expect(new Set(answers.map(({ election }) => election.id))).toEqual(new Set(['e-1']));
    await finder.find('e-1');
    expect(calls).toEqual(['e-1']);
  });

  test('An unknown id is remembered for a moment, and a forged document is no election', async () => {
    const { calls, state, finder } = start();
    expect(await codeOf(finder.find('none'))).toBe('election-not-found');
    expect(await codeOf(finder.find('none'))).toBe('election-not-found');
    expect(calls).toEqual(['none']);
    state.nowMs += 1_001;
    await codeOf(finder.find('none'));
    expect(calls).toEqual(['none', 'none']);
  });

  test('Beyond the calls at once the archive is busy, and current elections are served', async () => {
    const { state, documents, finder } = start({ callsMax: 2 });
    documents.take('open', textOf('open', hourMs));
    let release = (): void => undefined;
    state.held = new Promise((resolve) => (release = resolve));
    const waiting = [finder.find('e-0'), finder.find('e-1')];
    expect(await codeOf(finder.find('e-2'))).toBe('busy');
    expect(await codeOf(finder.archive(null))).toBe('busy');
    expect((await finder.find('open')).election.id).toBe('open');
    release();
    expect((await Promise.all(waiting)).map(({ election }) => election.id)).toEqual(['e-0', 'e-1']);
    expect((await finder.find('e-2')).election.id).toBe('e-2');
  });

  test('While the ballot server is unavailable, what was read stays, and the rest is busy', async () => {
    const { state, finder } = start();
    await finder.find('e-0');
    await finder.archive(null);
    state.answers = false;
    state.nowMs += 60_000;
    expect((await finder.find('e-0')).election.id).toBe('e-0');
    expect((await finder.archive(null)).body.elections).toHaveLength(2);
    expect(await codeOf(finder.find('e-4'))).toBe('busy');
    expect(await codeOf(finder.archive(2))).toBe('busy');
  });

  test('A change in the archive is seen at the second request after half a minute', async () => {
    const { calls, state, finder } = start();
    await finder.find('e-0');
    state.revision = 2;
    state.nowMs += 30_001;
    await finder.find('e-0');
    await expect.poll(async () => (await finder.find('e-0')).election.title).toEqual({ en: 'revision 2' });
    expect(calls).toEqual(['e-0', 'e-0']);
  });

  test('The pages of the archive have every election once', async () => {
    const { finder } = start({ pagesMax: 1 });
    const listedIds: string[] = [];
    let before: number | null = null;
    do {
      const { elections, next }: ElectionArchive = (await finder.archive(before)).body;
      listedIds.push(...elections.map(({ id }) => id));
      before = next === null ? null : Number(next);
    } while (before !== null);
    expect(listedIds).toEqual(ids);
  });
});
