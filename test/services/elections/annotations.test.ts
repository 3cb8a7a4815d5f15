// Notices and withdrawals of options while people vote, over the API beside a real `ballots` and real Redis.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noticesMax } from '../../../src/protocol/public-document.ts';
import { noticeCharactersMax } from '../../../src/protocol/public-values.ts';
import { codeOf, detailOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';
import {
  announced,
  cast,
  later,
  newCast,
  sealable,
  sendCast,
  storedPublication,
} from '../../support/services/voting-election.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
  await sealable(elections);
});
afterAll(() => elections[Symbol.asyncDispose]());

const option = (title: string): object => ({ title: { en: title } });
const three = (contest: object = {}, times: object = {}): object => ({
  opensAt: inHours(-1),
  closesAt: inHours(5),
  ...times,
  contests: [
    {
      title: { en: 'Chair' },
      method: 'plurality',
      options: [option('Ana'), option('Bojan'), option('Cora')],
      ...contest,
    },
  ],
});
const post = (id: string, act: string, body: object): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/${act}`, { body });
const get = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`));
const notice = (en: string): object => ({ text: { en }, reason: 'A text on the ballot was wrong.' });
const withdrawal = (optionId: string): object => ({
  contestId: 'contest-1',
  optionId,
  reason: 'The candidate withdrew.',
});
const documentsOf = async (id: string) =>
  (await storedPublication(elections, id))?.documents.map(({ election }) => election) ?? [];

describe('A notice to everyone', () => {
  test('A notice during voting is in every signed document with a higher revision, once', async () => {
    const id = await announced(elections, three());
    const [before] = await documentsOf(id);
    const answer = await post(id, 'notices', notice('Option 2 is a proposal of the council.'));
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(electionOf(answer)).toMatchObject({ state: 'announced', phase: 'open', changing: false });
    const documents = await documentsOf(id);
    expect(documents).toHaveLength(3);
    for (const { notices, revision } of documents) {
      expect(notices?.map(({ text }) => text)).toEqual([{ en: 'Option 2 is a proposal of the council.' }]);
      expect(revision).toBe((before?.revision ?? 0) + 1);
    }
    // The same again adds nothing.
    await post(id, 'notices', notice('Option 2 is a proposal of the council.'));
    expect((await get(id)).definition.notices).toHaveLength(1);
    await post(id, 'notices', notice('The council meets on Monday.'));
    expect((await get(id)).definition.notices?.map(({ text }) => text['en'])).toEqual([
      'Option 2 is a proposal of the council.',
      'The council meets on Monday.',
    ]);
    expect(await cast(elections, id)).toBe('recorded');
  });

  test('A notice stays when the election is changed before it opens, and when it is extended', async () => {
    const id = await announced(elections, three({}, { opensAt: inHours(1) }));
    expect((await post(id, 'notices', notice('Bring your card.'))).status).toBe(200);
    const change = await elections.call('PATCH', `/v1/elections/${id}`, {
      body: { title: { en: 'Chair of the club' } },
      headers: { 'if-match': '*' },
    });
    expect(change.status, JSON.stringify(change.body)).toBe(200);
    expect((await documentsOf(id)).map(({ notices }) => notices?.length)).toEqual([1, 1, 1]);
    const open = await announced(elections, three());
    await post(open, 'notices', notice('The hall is on the first floor.'));
    expect((await post(open, 'extend', { closesAt: inHours(9), reason: 'Rain.' })).status).toBe(200);
    expect((await post(open, 'notices', notice('It is on the second floor.'))).status).toBe(200);
    expect((await documentsOf(open)).map(({ notices }) => notices?.length)).toEqual([2, 2, 2]);
  });

  test('Drafts and closed elections take no notice, and no more than the most', async () => {
    const draft = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
    expect(codeOf(await post(draft, 'notices', notice('Early.')))).toBe('conflict');
    expect(codeOf(await post('nowhere', 'notices', notice('Lost.')))).toBe('election-not-found');
    const id = await announced(elections, three());
    for (let number = 1; number <= noticesMax; number += 1) {
      expect((await post(id, 'notices', notice(`Notice ${number}.`))).status).toBe(200);
    }
    expect(detailOf(await post(id, 'notices', notice('One more.')))).toContain(`at most ${noticesMax} notices`);
    expect(await documentsOf(id)).toHaveLength(3);
    await later(elections, id, 6 * 3_600);
    await post(id, 'close', { reason: 'Over.' });
    expect((await get(id)).state).toBe('closed');
    expect(detailOf(await post(id, 'notices', notice('Late.')))).toContain('until it is closed');
  });

  test('A notice that is too long, has no reason or hides characters is rejected', async () => {
    const id = await announced(elections, three());
    for (const body of [
      { text: { en: 'x'.repeat(noticeCharactersMax + 1) }, reason: 'Long.' },
      { text: { en: 'A notice.' } },
      { text: {}, reason: 'Empty.' },
      { text: { en: 'Turned \u202E around.' }, reason: 'Hidden.' },
    ]) {
      expect(codeOf(await post(id, 'notices', body)), JSON.stringify(body).slice(0, 60)).toBe('invalid-request');
    }
    for (const as of ['official', 'auditor'] as const) {
      const answer = await elections.call('POST', `/v1/elections/${id}/notices`, { as, body: notice('No.') });
      expect(answer.status).toBe(403);
    }
  });
});

describe('Withdrawal of an option', () => {
  test('No new ballot names the option, and a ballot that was cast before gets its receipt again', async () => {
    const id = await announced(elections, three());
    const early = newCast(elections, id, { choice: 'option-2' });
    expect(await sendCast(elections, early)).toBe('recorded');
    const answer = await post(id, 'withdrawn-options', withdrawal('option-2'));
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(await sendCast(elections, early)).toBe('recorded');
    expect(await sendCast(elections, newCast(elections, id, { choice: 'option-2' }))).toBe('option-withdrawn');
    // The same voter with another choice: the first ballot counts, and the answer says so.
    expect(
      await sendCast(elections, {
        ...early,
        ballot: { contests: [{ contestId: 'contest-1', choices: ['option-1'] }] },
      }),
    ).toBe('already-recorded');
    expect(await cast(elections, id)).toBe('recorded');
    for (const { contests } of await documentsOf(id)) {
      expect(contests[0]?.options.map(({ withdrawnAt }) => withdrawnAt !== undefined)).toEqual([false, true, false]);
    }
  });

  test('A rejected ballot with a withdrawn option leaves the voter free to vote', async () => {
    const id = await announced(elections, three());
    await post(id, 'withdrawn-options', withdrawal('option-3'));
    const attempt = newCast(elections, id, { choice: 'option-3' });
    expect(await sendCast(elections, attempt)).toBe('option-withdrawn');
    const corrected = { ...attempt, ballot: { contests: [{ contestId: 'contest-1', choices: ['option-2'] }] } };
    expect(await sendCast(elections, corrected)).toBe('recorded');
    const [row] = await elections.databases.query<{ count: number }>(
      'intake',
      'select count(*)::integer as count from pv.participation where election_id = $1',
      [id],
    );
    expect(row?.count).toBe(1);
  });

  test('Enough options remain, the option exists, and voting is open', async () => {
    const id = await announced(elections, three({ minChoices: 2, maxChoices: 2, method: 'approval' }));
    expect((await post(id, 'withdrawn-options', withdrawal('option-1'))).status).toBe(200);
    // The same again changes nothing.
    expect((await post(id, 'withdrawn-options', withdrawal('option-1'))).status).toBe(200);
    expect(detailOf(await post(id, 'withdrawn-options', withdrawal('option-2')))).toContain('Too few options');
    expect(codeOf(await post(id, 'withdrawn-options', withdrawal('option-9')))).toBe('invalid-election');
    expect(
      codeOf(await post(id, 'withdrawn-options', { contestId: 'no', optionId: 'option-1', reason: 'Wrong.' })),
    ).toBe('invalid-election');
    const scheduled = await announced(elections, three({}, { opensAt: inHours(1) }));
    expect(detailOf(await post(scheduled, 'withdrawn-options', withdrawal('option-3')))).toContain('has not opened');
  });

  test('Ten withdrawals of two options at once leave both withdrawn or one, never none', async () => {
    const id = await announced(elections, three());
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => post(id, 'withdrawn-options', withdrawal(`option-${(at % 2) + 1}`))),
    );
    await post(id, 'withdrawn-options', withdrawal('option-1'));
    await post(id, 'withdrawn-options', withdrawal('option-2'));
    const { changing, definition } = await get(id);
    expect(changing).toBe(false);
    expect(definition.contests[0]?.options.map(({ withdrawnAt }) => withdrawnAt !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('Casts during a withdrawal are recorded before it or rejected, and each has one answer', async () => {
    const id = await announced(elections, three());
    const answers = Array.from({ length: 40 }, () =>
      sendCast(elections, newCast(elections, id, { choice: 'option-2' })),
    );
    await post(id, 'withdrawn-options', withdrawal('option-2'));
    const outcomes = await Promise.all(answers);
    const [row] = await elections.databases.query<{ count: number }>(
      'intake',
      'select count(*)::integer as count from pv.participation where election_id = $1',
      [id],
    );
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(row?.count ?? -1);
    expect(new Set(outcomes).size).toBeLessThanOrEqual(2);
    expect(await sendCast(elections, newCast(elections, id, { choice: 'option-2' }))).toBe('option-withdrawn');
  });
});

describe('The wall to the ballot server', () => {
  test('Only annotations may be added: everything else, and a removed notice, is a conflict', async () => {
    const id = await announced(elections, three());
    await post(id, 'notices', notice('First.'));
    const publication = await storedPublication(elections, id);
    if (!publication) throw new Error('nothing is published');
    const { rows } = await elections.pool.query<{ announced: Record<string, unknown> }>(
      'select announced from pv.find_lifecycle($1)',
      [id],
    );
    const definition = rows[0]?.announced as never as Parameters<Elections['logic']['ballots']['annotate']>[0];
    const { ballots } = elections.logic;
    for (const changed of [
      { ...definition, title: { en: 'Another title' } },
      { ...definition, notices: [] },
      { ...definition, contests: definition.contests.map((contest) => ({ ...contest, minChoices: 0 })) },
    ]) {
      await expect(ballots.annotate(changed, publication)).rejects.toMatchObject({ code: 'conflict' });
    }
    await expect(ballots.annotate(definition, publication)).resolves.toBeUndefined();
  });
});
