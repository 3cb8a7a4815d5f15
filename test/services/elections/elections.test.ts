// Elections as administrators write them, from a draft until they open.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ElectionPreview, ElectionSummary } from '../../../src/protocol/control/elections-api.ts';
import { logoWidthMax } from '../../../src/domain/picture/logo.ts';
import { contentHash } from '../../../src/platform/content-hash.ts';
import { resultHoursMax } from '../../../src/protocol/public-document.ts';
import { organiserCharactersMax } from '../../../src/protocol/public-values.ts';
import { headerOf, logoOf, pngChunk, pngOf } from '../../support/pages/pictures.ts';
import { until } from '../../support/until.ts';
import {
  codeOf,
  detailOf,
  electionOf,
  errorsOf,
  inHours,
  motion,
  participantOf,
  startElections,
} from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const anyVersion = { 'if-match': '*' };
const create = (body: object): Promise<Answer> => elections.call('POST', '/v1/elections', { body });
const find = (id: string): Promise<Answer> => elections.call('GET', `/v1/elections/${id}`);
const change = (id: string, body: object, headers: Record<string, string> = anyVersion): Promise<Answer> =>
  elections.call('PATCH', `/v1/elections/${id}`, { body, headers });
const remove = (id: string, headers: Record<string, string> = anyVersion): Promise<Answer> =>
  elections.call('DELETE', `/v1/elections/${id}`, { headers });
const previewOf = async (id: string): Promise<ElectionPreview> =>
  (await elections.call('GET', `/v1/elections/${id}/preview`)).body as ElectionPreview;
async function participant(kind: 'party' | 'individual', name: unknown = `${kind} ${randomUUID()}`): Promise<string> {
  return participantOf(await elections.call('POST', '/v1/participants', { body: { kind, name } })).id;
}
const contest = (ids: readonly string[], more: object = {}): object => ({
  title: { en: 'Chamber' },
  method: 'dhondt',
  seats: 250,
  thresholdPercent: 5,
  ...more,
  options: ids.map((participantId) => ({ participantId })),
});

test('Elections are found by a part of the id or of a title in any language, with their ways to vote', async () => {
  const mark = randomUUID().slice(0, 8);
  const titled = `hours-${mark}`;
  const title = { en: 'Opening hours', 'sr-Cyrl': `Радно ВРЕМЕ ${mark}` };
  await elections.call('POST', '/v1/elections', {
    body: motion({ id: titled, title, channels: ['online', 'batches'] }),
  });
  await elections.call('POST', '/v1/elections', { body: motion({ id: `other-${mark}` }) });
  const search = async (text: string): Promise<unknown> => {
    const query = new URLSearchParams({ search: text });
    const { body } = await elections.call('GET', `/v1/elections?${query.toString()}`);
    return (body as { elections: { id: string; channels: string[] }[] }).elections.map(({ id, channels }) => [
      id,
      channels,
    ]);
  };
  expect(await search(mark.toUpperCase())).toEqual([
    [`other-${mark}`, ['online']],
    [titled, ['online', 'batches']],
  ]);
  expect(await search(`радно време ${mark}`)).toEqual([[titled, ['online', 'batches']]]);
  expect(await search(`%${mark}`)).toEqual([]);
});

describe('The draft of an election', () => {
  test('A draft of a parliament takes parties as options, numbered as they were sent, and 250 seats with 5 %', async () => {
    const parties = [await participant('party'), await participant('party'), await participant('party')];
    const created = await create(motion({ rehearsal: false, contests: [contest(parties)] }));
    expect(created.status).toBe(201);
    expect(created.headers['etag']).toBe('"1"');
    const election = electionOf(created);
    expect(election).toMatchObject({ state: 'draft', phase: 'draft', version: 1, changing: false, announcedAt: null });
    expect(election.createdBy).toBe(elections.people.administrator.id);
    expect(election.definition.contests[0]).toMatchObject({ method: 'dhondt', seats: 250, thresholdPercent: 5 });
    expect(
      election.definition.contests[0]?.options.map(({ number, participantId }) => [number, participantId]),
    ).toEqual(parties.map((id, index) => [index + 1, id]));
    expect(election.participants.map(({ id, kind }) => [id, kind])).toEqual(parties.map((id) => [id, 'party']));
    expect(electionOf(await find(election.id))).toEqual(election);
  });

  test('A draft takes the seed of a drawn ballot order, and only with the order that the seed draws', async () => {
    const parties = [await participant('party'), await participant('party'), await participant('party')];
    const hashOf = (id: string): string => createHash('sha256').update(`dice 4 6 1 2\n${id}`).digest('hex');
    const ballotOrder = parties.toSorted((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1));
    const drawnElection = (order: readonly string[]): object =>
      motion({ rehearsal: false, contests: [contest(order, { orderSeed: 'dice 4 6 1 2' })] });
    const { id } = electionOf(await create(drawnElection(ballotOrder)));
    expect((await previewOf(id)).election.contests[0]?.orderSeed).toBe('dice 4 6 1 2');
    const other = await create(drawnElection(ballotOrder.toReversed()));
    expect([other.status, codeOf(other)]).toEqual([422, 'invalid-election']);
    expect(errorsOf(other).map(({ path }) => path)).toEqual(['body/contests/0/orderSeed']);
    expect(errorsOf(other)[0]?.detail).toContain(ballotOrder.join(', '));
    expect((await create(motion({ contests: [contest(parties, { orderSeed: 'a\nb' })] }))).status).toBe(400);
  });

  test('A draft names its organiser, a change replaces the text, and null removes it', async () => {
    const organiser = { en: 'Town hall. Help: 2555 0123', sr: 'Општина. Помоћ: 2555 0123' };
    const { id, definition } = electionOf(await create(motion({ organiser })));
    expect(definition.organiser).toEqual(organiser);
    expect((await previewOf(id)).election).toMatchObject({ organiser });
    expect(electionOf(await change(id, { title: { en: 'Another' } })).definition.organiser).toEqual(organiser);
    const replaced = electionOf(await change(id, { organiser: { en: 'The club' } }));
    expect(replaced.definition.organiser).toEqual({ en: 'The club' });
    expect(electionOf(await change(id, { organiser: null })).definition).not.toHaveProperty('organiser');
    expect((await previewOf(id)).election).not.toHaveProperty('organiser');
    const longest = 'o'.repeat(organiserCharactersMax);
    expect((await create(motion({ organiser: { en: longest } }))).status).toBe(201);
    for (const refused of [{ en: `${longest}o` }, {}, { en: '' }, { en: 'Town\u202Ehall' }, 'Town hall']) {
      expect((await create(motion({ organiser: refused }))).status, JSON.stringify(refused).slice(0, 40)).toBe(400);
    }
  });

  test('A draft says when the result is expected, a change replaces the hours, and null removes them', async () => {
    const { id, definition } = electionOf(await create(motion({ resultHours: 24 })));
    expect(definition.resultHours).toBe(24);
    expect((await previewOf(id)).election).toMatchObject({ resultHours: 24 });
    expect(electionOf(await change(id, { title: { en: 'Another' } })).definition.resultHours).toBe(24);
    expect(electionOf(await change(id, { resultHours: 1 })).definition.resultHours).toBe(1);
    expect(electionOf(await change(id, { resultHours: null })).definition).not.toHaveProperty('resultHours');
    expect((await previewOf(id)).election).not.toHaveProperty('resultHours');
    for (const refused of [0, -1, 1.5, resultHoursMax + 1, '24'])
      expect((await create(motion({ resultHours: refused }))).status, String(refused)).toBe(400);
    expect((await create(motion({ resultHours: resultHoursMax }))).status).toBe(201);
  });

  test('A draft has the colour of its organiser, on which white text is readable, and null removes it', async () => {
    const { id, definition } = electionOf(await create(motion({ colour: '#083b73' })));
    expect(definition.colour).toBe('#083b73');
    expect((await previewOf(id)).election).toMatchObject({ colour: '#083b73' });
    expect(electionOf(await change(id, { title: { en: 'Another' } })).definition.colour).toBe('#083b73');
    for (const refused of ['#ffcc00', 'red', '#083b73"/>', '']) {
      const answer = await change(id, { colour: refused });
      expect([answer.status, errorsOf(answer).map(({ path }) => path)], refused).toEqual([400, ['body/colour']]);
    }
    expect(electionOf(await change(id, { colour: null })).definition).not.toHaveProperty('colour');
    expect((await previewOf(id)).election).not.toHaveProperty('colour');
  });

  test('A draft has the logo of its organiser, a copy has it too, and null removes it', async () => {
    const logo = logoOf({ width: 120, height: 40 }).toString('base64');
    const reference = { sha256: contentHash(Buffer.from(logo, 'base64')), width: 120, height: 40 };
    const { id, definition } = electionOf(await create(motion({ logo })));
    expect(definition.logo).toBe(logo);
    expect(await previewOf(id)).toMatchObject({ election: { logo: reference }, logo });
    expect(electionOf(await change(id, { title: { en: 'Another' } })).definition.logo).toBe(logo);
    const copy = await elections.call('POST', `/v1/elections/${id}/copy`, { body: {} });
    expect(electionOf(copy).definition.logo).toBe(logo);
    const { body: log } = await elections.call('GET', `/v1/audit-log?objectId=${id}&act=election.create`);
    expect(JSON.stringify(log), 'the digest alone').toContain(reference.sha256);
    expect(JSON.stringify(log)).not.toContain(logo);
    expect(electionOf(await change(id, { logo: null })).definition).not.toHaveProperty('logo');
    expect((await previewOf(id)).election).not.toHaveProperty('logo');
    expect(await previewOf(id)).not.toHaveProperty('logo');
  });

  test('A logo that is no PNG, too large, more than a picture, or damaged inside is refused', async () => {
    const { id } = electionOf(await create(motion()));
    const wide = logoOf({ width: logoWidthMax + 1 }).toString('base64');
    const markup = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64');
    const withText = Buffer.concat([logoOf().subarray(0, -12), pngChunk('tEXt'), pngChunk('IEND')]).toString('base64');
    for (const [logo, reason] of [
      [wide, `${logoWidthMax + 1} × 16 pixels`],
      [markup, 'not a whole PNG'],
      [withText, 'tEXt'],
      ['x', 'as base64'],
      [{ sha256: 'x', width: 1, height: 1 }, 'as base64'],
    ] as const) {
      const answer = await change(id, { logo });
      expect([answer.status, errorsOf(answer).map(({ path }) => path)], reason).toEqual([400, ['body/logo']]);
      expect(errorsOf(answer)[0]?.detail).toContain(reason);
    }
    const damaged = pngOf(['IHDR', headerOf(32, 16)], ['IDAT', Buffer.alloc(99, 7)], ['IEND']).toString('base64');
    for (const answer of [await change(id, { logo: damaged }), await create(motion({ logo: damaged }))]) {
      expect([answer.status, codeOf(answer)]).toEqual([422, 'invalid-election']);
      expect(errorsOf(answer)).toEqual([{ path: 'body/logo', detail: expect.stringContaining('damaged') as unknown }]);
    }
    expect(electionOf(await find(id)).definition).not.toHaveProperty('logo');
  });

  test('A draft has the id that was chosen for it, once', async () => {
    const id = `e-${randomUUID()}`;
    expect(electionOf(await create(motion({ id }))).id).toBe(id);
    const again = await create(motion({ id }));
    expect([again.status, codeOf(again)]).toEqual([409, 'conflict']);
    expect(errorsOf(again)).toMatchObject([{ path: 'body/id' }]);
    expect((await create(motion({ id: '../x' }))).status).toBe(400);
    const ten = await Promise.all(Array.from({ length: 10 }, () => create(motion({ id: `${id}-10` }))));
    expect(ten.filter(({ status }) => status === 201).length).toBe(1);
  });

  test('A draft takes times with any offset and keeps them in UTC', async () => {
    const times = { opensAt: '2126-06-16T15:55:46+01:00', closesAt: '2126-06-16T14:55:46.001Z' };
    const { definition } = electionOf(await create(motion(times)));
    expect([definition.opensAt, definition.closesAt]).toEqual(['2126-06-16T14:55:46.000Z', '2126-06-16T14:55:46.001Z']);
  });

  test.each([
    ' ',
    '212606-16T15:55:46+0100',
    '2126-06-16T1555460100',
    '2126-06-16T15:55:46',
    '2126-02-30T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-01-01T00:00:00Z',
    '',
    null,
    5,
  ])('A draft whose opening is %j is rejected with how a time is written', async (opensAt) => {
    const refused = await create(motion({ opensAt }));
    expect([refused.status, errorsOf(refused)[0]?.path]).toEqual([400, 'body/opensAt']);
    expect(errorsOf(refused)[0]?.detail).toMatch(/Give a time/);
  });

  test('A draft that closes when it opens, or before, is rejected', async () => {
    const opensAt = inHours(5);
    for (const closesAt of [opensAt, inHours(4)]) {
      const refused = await create(motion({ opensAt, closesAt }));
      expect([refused.status, codeOf(refused)]).toEqual([422, 'invalid-election']);
      expect(errorsOf(refused)).toEqual([{ path: 'body/closesAt', detail: 'The election closes before it opens.' }]);
    }
  });

  test('A draft with several faults lists them all at once, each with its place', async () => {
    const party = await participant('party');
    const individual = await participant('individual');
    const stranger = randomUUID();
    const refused = await create(
      motion({
        rehearsal: false,
        opensAt: inHours(5),
        closesAt: inHours(4),
        minBatch: 1,
        contests: [
          contest([party, individual, party, stranger]),
          { ...contest([party], { method: 'approval', seats: undefined, thresholdPercent: undefined }), maxChoices: 3 },
          {
            title: { en: 'Mixed' },
            method: 'plurality',
            options: [{ participantId: party }, { participantId: individual }],
          },
          { title: { en: 'Empty' }, method: 'plurality', options: [{}, { title: { en: 'A' }, participantId: party }] },
        ],
      }),
    );
    expect([refused.status, codeOf(refused)]).toEqual([422, 'invalid-election']);
    const faults = errorsOf(refused);
    expect(faults.map(({ path }) => path).sort()).toEqual([
      'body/closesAt',
      'body/contests/0/options',
      'body/contests/0/options/1',
      'body/contests/0/options/2/participantId',
      'body/contests/0/options/3/participantId',
      'body/contests/1/maxChoices',
      'body/contests/1/options',
      'body/contests/2/options/1',
      'body/contests/3/options/0',
      'body/contests/3/options/1',
      'body/minBatch',
    ]);
    expect(faults.find(({ path }) => path === 'body/contests/0/options/1')?.detail).toContain('takes parties only');
  });

  test('A draft with one option has nothing to choose; a rehearsal may have one', async () => {
    const contests = [{ title: { en: 'C' }, method: 'plurality', options: [{ title: { en: 'Only' } }] }];
    expect(errorsOf(await create(motion({ rehearsal: false, contests })))[0]?.path).toBe('body/contests/0/options');
    expect((await create(motion({ rehearsal: true, contests }))).status).toBe(201);
  });

  test('A draft takes individuals for an office and texts for a motion, and no individual for seats', async () => {
    const individuals = [await participant('individual'), await participant('individual')];
    const office = contest(individuals, { method: 'plurality', seats: undefined, thresholdPercent: undefined });
    expect((await create(motion({ rehearsal: false, contests: [office] }))).status).toBe(201);
    const seats = { title: { en: 'S' }, method: 'sainteLague', seats: 3 };
    const options = [{ title: { en: 'A' }, kind: 'individual' }, { title: { en: 'B' } }];
    expect(errorsOf(await create(motion({ contests: [{ ...seats, options }] })))[0]?.path).toBe(
      'body/contests/0/options/0',
    );
  });

  test('A draft is changed only from its present version', async () => {
    const { id } = electionOf(await create(motion()));
    const first = await change(id, { title: { en: 'First' } }, { 'if-match': '"1"' });
    expect([first.status, first.headers['etag'], electionOf(first).version]).toEqual([200, '"2"', 2]);
    const stale = await change(id, { title: { en: 'Stale' } }, { 'if-match': '"1"' });
    expect([stale.status, codeOf(stale)]).toEqual([409, 'conflict']);
    expect(detailOf(stale)).toContain('changed the election in the meantime');
    expect((await change(id, { title: { en: 'Without' } }, {})).status).toBe(400);
    expect((await change(id, { title: { en: 'Without' } }, { 'if-match': '3' })).status).toBe(400);
    const racing = await Promise.all(
      Array.from({ length: 8 }, (_, index) => change(id, { title: { en: `R${index}` } }, { 'if-match': '"2"' })),
    );
    expect(racing.filter(({ status }) => status === 200).length).toBe(1);
    expect(electionOf(await find(id)).version).toBe(3);
  });

  test('A draft keeps what a change does not name, and its id', async () => {
    const created = electionOf(await create(motion({ channels: ['online', 'batches'], minBatch: 7 })));
    const { definition } = electionOf(await change(created.id, { title: { en: 'New', sr: 'Novo' } }));
    expect(definition).toEqual({ ...created.definition, title: { en: 'New', sr: 'Novo' } });
    expect(codeOf(await change(created.id, { id: 'other' }))).toBe('invalid-request');
    expect(codeOf(await change('no-such', {}))).toBe('election-not-found');
    // The definition from GET may be sent back unchanged.
    const { id: _id, ...fields } = definition;
    expect(electionOf(await change(created.id, fields)).definition).toEqual(definition);
  });

  test('A draft that breaks a rule after a change stays as it was', async () => {
    const { id, definition } = electionOf(await create(motion()));
    expect(codeOf(await change(id, { closesAt: inHours(-5) }))).toBe('invalid-election');
    expect(electionOf(await find(id))).toMatchObject({ version: 1, definition });
  });

  test('A draft is removed only from its present version', async () => {
    const { id } = electionOf(await create(motion()));
    await change(id, { title: { en: 'Second' } });
    expect((await remove(id, { 'if-match': '"1"' })).status).toBe(409);
    expect((await remove(id, { 'if-match': '"2"' })).status).toBe(204);
    expect(codeOf(await find(id))).toBe('election-not-found');
    expect(codeOf(await remove(id))).toBe('election-not-found');
  });

  test('A draft shows the present name of a participant, and a participant that it names stays', async () => {
    const one = await participant('party');
    const two = await participant('party');
    const { id } = electionOf(await create(motion({ title: { en: 'E', sr: 'E' }, contests: [contest([one, two])] })));
    const name = `Renamed ${randomUUID()}`;
    await elections.call('PATCH', `/v1/participants/${one}`, { body: { name } });
    expect(electionOf(await find(id)).participants[0]?.title).toEqual({ en: name, sr: name });
    expect((await previewOf(id)).election.contests[0]?.options[0]).toEqual({
      id: one,
      number: 1,
      title: { en: name, sr: name },
      kind: 'party',
    });
  });
});

describe('The list of elections', () => {
  test('The list is newest first, page by page, and of a phase', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.unshift(electionOf(await create(motion())).id);
    const list = async (query: string) =>
      (await elections.call('GET', `/v1/elections?${query}`, { as: 'official' })).body as {
        elections: ElectionSummary[];
        next: string | null;
      };
    const first = await list('limit=2');
    const second = await list(`limit=1&before=${first.next ?? ''}`);
    expect([...first.elections, ...second.elections].map(({ id }) => id)).toEqual(ids);
    expect(first.elections[0]).toMatchObject({ title: { en: 'Library hours' }, state: 'draft', contests: 1 });
    expect(first.elections[0]?.timeZone).toBe('Europe/Belgrade');
    expect((await list('phase=draft&limit=200')).elections.every(({ phase }) => phase === 'draft')).toBe(true);
    expect((await list('phase=closed')).elections).toEqual([]);
    expect((await elections.call('GET', '/v1/elections?phase=soon')).status).toBe(400);
  });

  test('The list has only elections with a way to vote where one is asked for', async () => {
    const paper = electionOf(await create(motion({ channels: ['batches'] }))).id;
    const both = electionOf(await create(motion({ channels: ['online', 'batches'] }))).id;
    await create(motion({ channels: ['online'] }));
    const { status, body } = await elections.call('GET', '/v1/elections?phase=draft&channel=batches&limit=2', {
      as: 'official',
    });
    expect(status).toBe(200);
    expect((body as { elections: ElectionSummary[] }).elections.map(({ id }) => id)).toEqual([both, paper]);
    expect((await elections.call('GET', '/v1/elections?channel=post')).status).toBe(400);
  });
});

describe('The preview', () => {
  test('The preview is the public document, without the platform’s own fields', async () => {
    const { id } = electionOf(await create(motion()));
    const { election, warnings } = await previewOf(id);
    expect(election).toMatchObject({ id, phase: 'scheduled', revision: 0, rehearsal: true });
    expect(election).not.toHaveProperty('minBatch');
    expect(election.contests[0]?.options.map(({ number, title }) => [number, title['en']])).toEqual([
      [1, 'Yes'],
      [2, 'No'],
    ]);
    expect(warnings.filter(({ code }) => code !== 'night-time')).toEqual([]);
  });

  test('The preview warns of what may be a mistake', async () => {
    const contests = [
      {
        title: { en: 'C', sr: 'C' },
        method: 'plurality',
        options: [{ title: { en: 'Same', sr: 'A' } }, { title: { en: 'Same' } }],
      },
    ];
    const { id } = electionOf(
      await create(
        motion({
          title: { en: 'E', sr: 'E' },
          contests,
          verification: { methods: ['text-in'] },
          opensAt: '2026-01-15T08:00:00Z',
          closesAt: '2126-06-21T00:00:00Z',
          timeZone: 'Europe/Belgrade',
        }),
      ),
    );
    const { warnings } = await previewOf(id);
    expect(warnings.map(({ code, path }) => [code, path])).toEqual([
      ['missing-language', 'contests/0/options/1/title'],
      ['same-title', 'contests/0/options/1/title'],
      ['night-time', 'closesAt'],
      ['one-verification-method', 'verification/methods'],
      ['opens-in-the-past', 'opensAt'],
    ]);
    expect(warnings.find(({ code }) => code === 'night-time')?.detail).toContain('02:00');
  });
});

describe('The ways to verify a phone', () => {
  test('An election that sends codes takes texts too, so that no one can use up the way of another', async () => {
    const answer = await create(motion({ verification: { methods: ['code'] } }));
    expect([answer.status, errorsOf(answer)[0]?.path]).toEqual([422, 'body/verification/methods']);
  });
});

describe('The countries of phones that may take part', () => {
  const withCountries = (phoneCountries: readonly string[]) =>
    create(motion({ verification: { methods: ['text-in'], phoneCountries } }));

  test('Countries are kept in their order, and are in the preview', async () => {
    const { id, definition } = electionOf(await withCountries(['RS', 'ME']));
    expect(definition.verification.phoneCountries).toEqual(['RS', 'ME']);
    expect((await previewOf(id)).election.verification.phoneCountries).toEqual(['RS', 'ME']);
  });

  test('A new election without countries has that of the installation, and a change keeps them', async () => {
    const { id, definition } = electionOf(await create(motion()));
    expect(definition.verification.phoneCountries).toEqual(['HK']);
    const changed = electionOf(await change(id, { verification: { methods: ['text-in'] } }));
    expect(changed.definition.verification).toMatchObject({ methods: ['text-in'], phoneCountries: ['HK'] });
    const copy = electionOf(await elections.call('POST', `/v1/elections/${id}/copy`, { body: {} }));
    expect(copy.definition.verification.phoneCountries).toEqual(['HK']);
  });

  test('Kinds of phones are named together with countries', async () => {
    const verification = { methods: ['text-in'], phoneCountries: ['RS'], phoneLines: ['mobile', 'fixed'] };
    const { definition } = electionOf(await create(motion({ verification })));
    expect(definition.verification.phoneLines).toEqual(['mobile', 'fixed']);
    for (const phoneLines of [[], ['mobile', 'mobile'], ['freephone']]) {
      const answer = await create(motion({ verification: { ...verification, phoneLines } }));
      expect([answer.status, errorsOf(answer)[0]?.path]).toEqual([400, expect.stringMatching(/phoneLines/)]);
    }
  });

  test.each([
    ['no country', [], 400],
    ['a country that is none', ['ZY'], 400],
    ['small letters', ['rs'], 400],
    ['a country twice', ['RS', 'RS'], 400],
    ['a country without mobile numbers', ['AQ'], 422],
  ])('A list with %s is rejected with its place', async (_what, countries, status) => {
    const answer = await withCountries(countries);
    expect(answer.status).toBe(status);
    expect(errorsOf(answer)[0]?.path).toMatch(/^body\/verification\/phoneCountries/);
  });
});

describe('Titles of options that look the same', () => {
  const contestOf = (titles: readonly string[]) => ({
    title: { en: 'C' },
    method: 'plurality',
    options: titles.map((title) => ({ title: { en: title } })),
  });

  test('A title with hidden characters is rejected with its place', async () => {
    const contests = [contestOf(['River Party', 'River Party\u200b', '\u200b', 'R\u0456ver Party'])];
    const answer = await create(motion({ contests }));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid-request']);
    expect(errorsOf(answer).map(({ path, detail }) => [path, /U\+[0-9A-F]{4}/.exec(detail)?.[0]])).toEqual([
      ['body/contests/0/options/1/title/en', 'U+200B'],
      ['body/contests/0/options/2/title/en', 'U+200B'],
    ]);
  });

  test.each(['R\u0456ver Party', 'RIVER PARTY', 'River\u00a0Party', '𝐑𝐢𝐯𝐞𝐫 Party'])(
    'The preview warns that %j looks like another title',
    async (title) => {
      const { id } = electionOf(await create(motion({ contests: [contestOf(['River Party', 'Lake List', title])] })));
      const { warnings } = await previewOf(id);
      expect(warnings.filter(({ code }) => code === 'same-title')).toEqual([
        {
          code: 'same-title',
          path: 'contests/0/options/2/title',
          detail: 'Looks like the title of option 0. Voters cannot tell them apart.',
        },
      ]);
    },
  );
});

describe('An announced election', () => {
  const announced = async (changes: object = {}): Promise<string> => {
    const { id } = electionOf(await create(motion(changes)));
    const answer = await elections.call('POST', `/v1/elections/${id}/announce`);
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return id;
  };

  test('An announced election keeps its public names until it is announced again', async () => {
    const names = [`Before ${randomUUID()}`, `After ${randomUUID()}`];
    const one = await participant('party', names[0]);
    const two = await participant('party');
    const id = await announced({ contests: [contest([one, two])] });
    await elections.call('PATCH', `/v1/participants/${one}`, { body: { name: names[1] } });
    expect(electionOf(await find(id)).participants[0]?.title).toEqual({ en: names[0] });
    const { election, warnings } = await previewOf(id);
    expect(election.contests[0]?.options[0]?.title).toEqual({ en: names[0] });
    expect(warnings.map(({ code }) => code)).toContain('renamed-participant');
    expect((await change(id, {})).status).toBe(200);
    expect(electionOf(await find(id)).participants[0]?.title).toEqual({ en: names[1] });
  });

  test('An announced election is changed until it opens, and cannot be removed', async () => {
    const id = await announced();
    const answer = await change(id, { title: { en: 'Another title' } });
    expect([answer.status, electionOf(answer).changing]).toEqual([200, false]);
    expect(electionOf(answer)).toMatchObject({ state: 'announced', phase: 'scheduled' });
    expect((await previewOf(id)).election.title).toEqual({ en: 'Another title' });
    expect(codeOf(await remove(id))).toBe('conflict');
    expect(codeOf(await change(id, { rehearsal: false, graceSeconds: 120, minBatch: 50 }))).toBe('conflict');
    const open = await announced({ opensAt: inHours(-1) });
    expect(electionOf(await find(open)).phase).toBe('open');
    const refused = await change(open, { title: { en: 'Too late' } });
    expect([codeOf(refused), detailOf(refused)]).toMatchObject(['conflict', expect.stringContaining('opened')]);
  });

  test('A change of an announced election while ballots is unavailable is completed later', async () => {
    const id = await announced();
    const back = await elections.stopBallots();
    const answer = await change(id, { title: { en: 'On its way' } });
    expect([answer.status, codeOf(answer)]).toEqual([503, 'busy']);
    expect(electionOf(await find(id))).toMatchObject({
      changing: true,
      definition: { title: { en: 'Library hours' } },
    });
    expect(codeOf(await change(id, { title: { en: 'Second' } }))).toBe('conflict');
    await back();
    await until(async () => !electionOf(await find(id)).changing);
    expect(electionOf(await find(id))).toMatchObject({ changing: false, definition: { title: { en: 'On its way' } } });
  });
});
