// A draft with suggestions that no one has replaced, or one that counts and names no organiser, is announced in no way: by
// the call, a plan, a proposal, or the file of an operator.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { electionDefinition } from '../../../src/protocol/public-document.ts';
import { suggestedElection } from '../../../src/pages/panel/elections/draft/suggestions.ts';
import { electionTypes } from '../../../src/pages/panel/elections/draft/templates.ts';
import type { ElectionType } from '../../../src/pages/panel/elections/draft/templates.ts';
import { allTexts } from '../../../src/pages/public/languages/all-texts.ts';
import type { Person } from '../../support/services/access.ts';
import {
  codeOf,
  electionOf,
  errorsOf,
  inHours,
  motion,
  organiser,
  startElections,
} from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';
import { confirmAs, proposedOf, secondAdministrator } from '../../support/services/two-administrators.ts';
import { sealable } from '../../support/services/voting-election.ts';

const types = electionTypes.map(([type]) => type);
const allPaths = [
  'election/opensAt',
  'election/contests/0/options',
  'election/contests/0/method',
  'election/verification/verifiedSecondsMax',
];

let elections: Elections;
let drafts = 0;

async function suggestedDraft(type: ElectionType, rehearsal: boolean): Promise<string> {
  drafts += 1;
  const texts = { title: 'Untouched', organiser: rehearsal ? '' : organiser.en, language: 'en' };
  const beginning = { id: `untouched-${drafts}`, ...texts, type, rehearsal, timeZone: 'UTC' };
  const body = suggestedElection(beginning, allTexts.en.suggestions, Date.now());
  const answer = await elections.call('POST', '/v1/elections', { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return beginning.id;
}
const announce = (id: string): Promise<Answer> => elections.call('POST', `/v1/elections/${id}/announce`);
const plan = (id: string): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/scheduled-acts`, {
    body: { act: 'announce', at: inHours(0.5), reason: 'As announced to the press.' },
  });
const change = (id: string, body: object): Promise<Answer> =>
  elections.call('PATCH', `/v1/elections/${id}`, { body, headers: { 'if-match': '*' } });
const find = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`));

function expectSuggestions(answer: Answer, expected: readonly string[]): void {
  expect([answer.status, codeOf(answer)]).toEqual([422, 'invalid-election']);
  expect(errorsOf(answer).map(({ path }) => path)).toEqual(expected);
}

describe('A draft with suggestions', () => {
  beforeAll(async () => {
    elections = await startElections();
    await sealable(elections);
  });
  afterAll(() => elections[Symbol.asyncDispose]());

  test.each(types)('A new %s election is neither announced nor planned before its steps are saved', async (type) => {
    const id = await suggestedDraft(type, true);
    expectSuggestions(await announce(id), allPaths);
    expectSuggestions(await plan(id), allPaths);
    expect((await find(id)).state).toBe('draft');
  });

  test('Each suggestion that is replaced is no longer named, and without any the draft is announced', async () => {
    const id = await suggestedDraft('questions', true);
    const { definition } = await find(id);
    const contests = definition.contests.map((contest) => ({ ...contest, id: 'question' }));
    expect((await change(id, { opensAt: inHours(1) })).status).toBe(200);
    expectSuggestions(await announce(id), allPaths.slice(1));
    expect((await change(id, { verification: { methods: ['text-in'], verifiedSecondsMax: 900 } })).status).toBe(200);
    expectSuggestions(await announce(id), allPaths.slice(1, 3));
    expect((await change(id, { contests })).status).toBe(200);
    expectSuggestions(await announce(id), allPaths.slice(1, 2));
    const options = [{ title: { en: 'Yes' } }, { title: { en: 'No' } }];
    expect((await change(id, { contests: contests.map((contest) => ({ ...contest, options })) })).status).toBe(200);
    expect((await announce(id)).status).toBe(200);
  });

  test('A plan finds suggestions that came after it, and fails', async () => {
    const options = [{ title: { en: 'Yes' } }, { title: { en: 'No' } }];
    const id = await suggestedDraft('questions', true);
    const { contests } = (await find(id)).definition;
    const reviewed = {
      opensAt: inHours(1),
      verification: { methods: ['text-in'] },
      contests: contests.map((contest) => ({ ...contest, id: 'question', options })),
    };
    expect((await change(id, reviewed)).status).toBe(200);
    expect((await plan(id)).status).toBe(201);
    expect((await change(id, { contests })).status).toBe(200);
    await elections.databases.query(
      'elections',
      `update pv.scheduled_act set due_at = clock_timestamp() - interval '1 s' where election_id = $1`,
      [id],
    );
    await elections.logic.scheduledActs.poll();
    const { body } = await elections.call('GET', `/v1/elections/${id}/scheduled-acts`);
    expect(body).toMatchObject({ scheduledActs: [{ state: 'failed', problem: { code: 'invalid-election' } }] });
    expect((await find(id)).state).toBe('draft');
  });

  test('The file of an operator with suggestions is not announced', async () => {
    const id = await suggestedDraft('questions', true);
    const definition = electionDefinition.parse((await find(id)).definition);
    await expect(
      elections.logic.load({ actor: { kind: 'operator' }, request: 'load' }, definition),
    ).rejects.toMatchObject({ code: 'invalid-election' });
    expect((await find(id)).state).toBe('draft');
  });

  test('An election that counts names its organiser before it is announced, and keeps one after that', async () => {
    const draft = await elections.call('POST', '/v1/elections', {
      body: motion({ rehearsal: false, organiser: undefined }),
    });
    const { id, definition } = electionOf(draft);
    expectSuggestions(await announce(id), ['election/organiser']);
    expectSuggestions(await plan(id), ['election/organiser']);
    // A file that is refused leaves no draft, which the corrected file would differ from.
    const file = { ...electionDefinition.parse(definition), id: 'from-a-file' };
    const caller = { actor: { kind: 'operator' }, request: 'load' } as const;
    await expect(elections.logic.load(caller, file)).rejects.toMatchObject({ code: 'invalid-election' });
    expect((await elections.call('GET', '/v1/elections/from-a-file')).status).toBe(404);
    expect(await elections.logic.load(caller, { ...file, organiser })).toBe(true);

    expect((await change(id, { organiser })).status).toBe(200);
    const answer = await announce(id);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expectSuggestions(await change(id, { organiser: null }), ['body/organiser']);
    expect((await change(id, { organiser: { en: 'The club' } })).status).toBe(200);
  });

  describe('With two administrators', () => {
    let second: Person;
    beforeAll(async () => {
      second = await secondAdministrator(elections);
    });

    test.each(types)('A new %s election is not proposed either, at once or as a plan', async (type) => {
      const id = await suggestedDraft(type, false);
      expectSuggestions(await announce(id), allPaths);
      expectSuggestions(await plan(id), allPaths);
      const { body } = await elections.call('GET', `/v1/proposals?electionId=${id}&state=all`);
      expect(body).toEqual({ proposals: [] });
    });

    test('A proposal whose draft got suggestions again is not carried out', async () => {
      const id = await suggestedDraft('questions', false);
      const { contests } = (await find(id)).definition;
      const options = [{ title: { en: 'Yes' } }, { title: { en: 'No' } }];
      const reviewed = {
        opensAt: inHours(1),
        verification: { methods: ['text-in-confirmed'] },
        contests: contests.map((contest) => ({ ...contest, id: 'question', options })),
      };
      expect((await change(id, reviewed)).status).toBe(200);
      const proposed = await announce(id);
      expect(proposed.status, JSON.stringify(proposed.body)).toBe(202);
      expect((await change(id, { contests })).status).toBe(200);
      await confirmAs(elections, second, proposedOf(proposed).id);
      expect((await find(id)).state).toBe('draft');
    });
  });
});
