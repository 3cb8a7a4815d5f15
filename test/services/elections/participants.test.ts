// Participants, as administrators write and read them.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import {
  codeOf,
  detailOf,
  electionOf,
  errorsOf,
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

const some = (word: string): string => `${word} ${randomUUID().slice(0, 8)}`;
const create = (body: object): Promise<Answer> => elections.call('POST', '/v1/participants', { body });
const rename = (id: string, body: object): Promise<Answer> =>
  elections.call('PATCH', `/v1/participants/${id}`, { body });

describe('A participant', () => {
  test('A participant is a party or an individual, with one name or names by language', async () => {
    const name = some('River Party');
    const created = await create({ name, kind: 'party' });
    expect([created.status, participantOf(created)]).toMatchObject([201, { name, kind: 'party' }]);
    const names = { 'sr-Latn': some('Ana Anić'), en: some('Ana Anic') };
    const individual = participantOf(await create({ name: names, kind: 'individual' }));
    const answer = await elections.call('GET', `/v1/participants/${individual.id}`);
    expect(answer.body).toEqual({ participant: individual, elections: [], electionsTotal: 0 });
    // The order in which the names were given is theirs.
    expect(Object.keys(individual.name)).toEqual(['sr-Latn', 'en']);
  });

  test('A participant has a name without spaces around it, in one spelling of Unicode', async () => {
    const suffix = randomUUID().slice(0, 8);
    const decomposed = `  Ana Anić ${suffix}\n`.normalize('NFD');
    expect(participantOf(await create({ name: decomposed, kind: 'individual' })).name).toBe(`Ana Anić ${suffix}`);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no text', ''],
    ['spaces alone', ' \t '],
    ['a number', 5],
    ['null', null],
    ['a list', ['A']],
    ['257 characters', 'x'.repeat(257)],
    ['fifty thousand characters', 'x'.repeat(50_000)],
    ['a line break', 'Red\nParty'],
    ['a control character', 'Red\u0000Party'],
    ['half of a character', 'Red \uD83D'],
    ['a mark that turns the text around', 'Red \u202Eytrap'],
    ['an invisible space', '\u200b'],
    ['an invisible hyphen', '\u00ad'],
    ['a filler', '\u3164'],
    ['a blank of Braille', '\u2800'],
    ['a letter and an invisible space', 'A\u200b'],
    ['no language', {}],
    ['a language that is none', { 'not a language': 'Red' }],
    ['an empty name in a language', { en: 'Red', sr: ' ' }],
    ['a name in a language that is no text', { en: 5 }],
  ])('A participant whose name is %s is rejected, and the rejection says what a name is', async (_what, name) => {
    const refused = await create({ name, kind: 'party' });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'invalid-request']);
    expect(errorsOf(refused)[0]?.path).toMatch(/^body\/name/);
    expect(errorsOf(refused)[0]?.detail).toMatch(/name|language|character/i);
  });

  test('A participant may have a name of 256 characters of any script', async () => {
    const name = '\u{20000}'.repeat(248) + randomUUID().slice(0, 8);
    expect((await create({ name, kind: 'party' })).status).toBe(201);
    expect((await create({ name: `${name}x`, kind: 'party' })).status).toBe(400);
    // A character that becomes eighteen when spellings are compared.
    expect((await create({ name: '\uFDFA'.repeat(256), kind: 'party' })).status).toBe(201);
  });

  test('A participant of the same kind and name is rejected, unless another one is meant', async () => {
    const name = some('Green List');
    await create({ name, kind: 'party' });
    const again = await create({ name: `  ${name.toUpperCase()} `, kind: 'party' });
    expect([again.status, codeOf(again)]).toEqual([409, 'conflict']);
    expect(detailOf(again)).toContain('allowSameName');
    expect((await create({ name, kind: 'individual' })).status).toBe(201);
    expect((await create({ name, kind: 'party', allowSameName: true })).status).toBe(201);
    expect((await create({ name, kind: 'party' })).status).toBe(409);
  });

  test('A participant is made once when ten ask for the same at the same moment', async () => {
    const name = some('Simultaneous');
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ name, kind: 'party' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  test('A participant is made once also while the other one is not committed yet', async () => {
    const text = `select pv.create_participant(gen_random_uuid(), 'party', '{"text": "x"}', sha256($1), 'x', false) as o`;
    const values = [Buffer.from(randomUUID())];
    const first = await elections.pool.connect();
    const second = await elections.pool.connect();
    try {
      await first.query('begin');
      expect((await first.query(text, values)).rows).toEqual([{ o: 'created' }]);
      let answered = false;
      const answer = second.query<{ o: string }>(text, values).finally(() => (answered = true));
      const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'select pv.create_p%'`;
      await until(async () => answered || (await elections.databases.query('elections', waiting)).length > 0);
      await first.query('commit');
      expect((await answer).rows).toEqual([{ o: 'same-name' }]);
    } finally {
      first.release(true);
      second.release(true);
    }
  });

  test('A participant is renamed, but not to the name of another of its kind unless that is meant', async () => {
    const one = some('One');
    const other = some('Other');
    const { id } = participantOf(await create({ name: one, kind: 'party' }));
    await create({ name: other, kind: 'party' });
    const renamed = await rename(id, { name: { en: `${one}!` } });
    expect(participantOf(renamed)).toMatchObject({ id, name: { en: `${one}!` } });
    expect(codeOf(await rename(id, { name: other }))).toBe('conflict');
    expect((await rename(id, { name: other, allowSameName: true })).status).toBe(200);
    // Its own name in another spelling is no conflict.
    expect((await rename(id, { name: `${other}?` })).status).toBe(200);
    expect((await rename(id, { name: `${other}?`.toUpperCase() })).status).toBe(200);
    expect(codeOf(await rename(randomUUID(), { name: one }))).toBe('participant-not-found');
    expect(codeOf(await rename(id, { name: one, kind: 'individual' }))).toBe('invalid-request');
  });

  test('A participant that an election names cannot be removed, and the rejection says where it is', async () => {
    const ids: string[] = [];
    for (const word of ['Left', 'Right']) ids.push(participantOf(await create({ name: some(word), kind: 'party' })).id);
    const contests = [
      { title: { en: 'C' }, method: 'plurality', options: ids.map((participantId) => ({ participantId })) },
    ];
    const body = motion({ title: { en: 'Where it is used' }, contests });
    const { id } = electionOf(await elections.call('POST', '/v1/elections', { body }));
    const refused = await elections.call('DELETE', `/v1/participants/${ids[0]!}`);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'conflict']);
    expect(errorsOf(refused)).toEqual([{ path: `elections/${id}`, detail: 'Where it is used' }]);
    const answer = await elections.call('GET', `/v1/participants/${ids[0]!}`);
    expect(answer.body).toMatchObject({ elections: [{ id, title: { en: 'Where it is used' } }], electionsTotal: 1 });
    const { body: page } = await elections.call('GET', '/v1/participants?search=Left&limit=200');
    const { participants } = page as { participants: { id: string; elections: number }[] };
    expect(participants.find((each) => each.id === ids[0])?.elections).toBe(1);
    await elections.call('DELETE', `/v1/elections/${id}`, { headers: { 'if-match': '*' } });
    expect((await elections.call('DELETE', `/v1/participants/${ids[0]!}`)).status).toBe(204);
    expect(codeOf(await elections.call('DELETE', `/v1/participants/${ids[0]!}`))).toBe('participant-not-found');
    expect(codeOf(await elections.call('GET', `/v1/participants/${ids[0]!}`))).toBe('participant-not-found');
  });
});

describe('The list of participants', () => {
  test('The list comes page by page, of a kind, and of those with a text in any of their names', async () => {
    const word = `Žuti${randomUUID().slice(0, 6)}`;
    for (let index = 0; index < 5; index += 1) {
      await create({
        name: index % 2 ? { en: `E ${index}`, 'sr-Latn': `${word} ${index}` } : `${word} ${index}`,
        kind: 'party',
      });
    }
    await create({ name: `${word} 5`, kind: 'individual' });
    const list = async (query: string) => {
      const { body } = await elections.call(
        'GET',
        `/v1/participants?search=${encodeURIComponent(word.toUpperCase())}${query}`,
      );
      return body as { participants: { kind: string; name: unknown }[]; next: string | null };
    };
    expect((await list('')).participants.length).toBe(6);
    expect((await list('&kind=individual')).participants.map(({ name }) => name)).toEqual([`${word} 5`]);
    const first = await list('&limit=4');
    const second = await list(`&limit=4&after=${first.next ?? ''}`);
    expect([first.participants.length, second.participants.length, second.next]).toEqual([4, 2, null]);
    expect((await elections.call('GET', '/v1/participants?search=%25')).body).toMatchObject({ participants: [] });
  });

  test.each(['limit=0', 'limit=201', 'limit=x', 'after=-1', 'after=1e99', 'kind=tree', 'search=', 'more=1'])(
    'The list refuses %s',
    async (query) => {
      expect((await elections.call('GET', `/v1/participants?${query}`)).status).toBe(400);
    },
  );
});
