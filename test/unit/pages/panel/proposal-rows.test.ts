// Proposals by name: what their lists are searched and sorted by, and the titles beside the IDs that are carried out.
import { expect, test } from 'vitest';
import {
  accountProposalRow,
  electionProposalRow,
  listedProposals,
  proposalOrders,
} from '../../../../src/pages/panel/proposals/proposal-rows.ts';
import { parameterLines, proposedChange } from '../../../../src/pages/panel/proposals/parameter-lines.ts';
import type { Definition } from '../../../../src/pages/panel/elections/draft/definition.ts';
import type { Proposal } from '../../../../src/protocol/control/proposals-api.ts';
import type { UserProposal } from '../../../../src/protocol/control/user-proposals-api.ts';
import { definition } from '../../../support/elections.ts';
import { logoOf } from '../../../support/pages/pictures.ts';

const logo = logoOf({ width: 32, height: 16 }).toString('base64');
const people = new Map([
  ['u1', 'Ana Kos'],
  ['u2', 'Bojan Reka'],
]);
const titles = new Map([['club-2026', 'Chair of the club']]);
const names = {
  titleOf: (id: string) => titles.get(id) ?? id,
  personOf: (id: string) => people.get(id) ?? id,
};
const row = (changes: Partial<Proposal>) =>
  electionProposalRow(
    {
      id: 'p1',
      act: 'close',
      electionId: 'club-2026',
      reason: null,
      at: null,
      proposedBy: 'u1',
      proposedAt: '2026-11-30T10:00:00Z',
      expiresAt: '2026-12-01T10:00:00Z',
      state: 'proposed',
      decidedBy: null,
      decidedAt: null,
      problem: null,
      ...changes,
    },
    names,
  );
const rows = [
  row({}),
  row({ id: 'p2', act: 'announce', electionId: 'old', proposedBy: 'u2', proposedAt: '2026-11-30T11:00:00Z' }),
  row({ id: 'p3', act: 'publish', state: 'done', decidedBy: 'u2', proposedAt: '2026-11-30T09:00:00Z' }),
];
const listed = (text: string, order = '') => {
  const [newest] = proposalOrders;
  const byValue = proposalOrders.find(({ value }) => value === order) ?? newest;
  return listedProposals(rows, text, byValue).map(({ proposal }) => proposal.id);
};

test('Proposals are found by the title and the ID of the election, the action, the state and the people', () => {
  expect(listed('chair of')).toEqual(['p1', 'p3']);
  expect(listed('club-2026')).toEqual(['p1', 'p3']);
  expect(listed('announce')).toEqual(['p2']);
  expect(listed('carried out')).toEqual(['p3']);
  expect(listed('reka')).toEqual(['p2', 'p3']);
  expect(listed('no such')).toEqual([]);
});

test('Proposals are sorted by time, by what they concern, by action and by the person', () => {
  expect(listed('')).toEqual(['p2', 'p1', 'p3']);
  expect(listed('', 'concern')).toEqual(['p1', 'p3', 'p2']);
  expect(listed('', 'act')).toEqual(['p2', 'p1', 'p3']);
  expect(listed('', 'proposer')).toEqual(['p1', 'p3', 'p2']);
});

test('A proposal for an account is found by the name of the person whom it concerns', () => {
  const proposal: UserProposal = {
    id: 'p4',
    act: 'change-user',
    userId: 'u2',
    parameters: {},
    proposedBy: 'u1',
    proposedAt: '2026-11-30T10:00:00Z',
    expiresAt: '2026-12-01T10:00:00Z',
  };
  const accounts = [accountProposalRow(proposal, names.personOf)];
  const [newest] = proposalOrders;
  expect(listedProposals(accounts, 'bojan', newest)).toHaveLength(1);
  expect(listedProposals(accounts, 'cora', newest)).toHaveLength(0);
});

test('The contest and the options of a proposal have their titles, and their IDs beside them', () => {
  const option = (id: string, en: string) => ({ id, number: 1, title: { en } });
  const contests = [
    { id: 'c1', title: { en: 'Chair' }, options: [option('o1', 'Ana'), option('o2', 'Bojan')] },
    { id: 'c2', title: { en: 'Board' }, options: [option('o1', 'Cora')] },
  ];
  const lot = { contestId: 'c1', order: ['o2', 'o1'], note: 'Drawn in public' };
  expect(parameterLines(lot, contests).map(({ text }) => text)).toEqual([
    'Chair (c1)',
    'Bojan (o2), Ana (o1)',
    'Drawn in public',
  ]);
  expect(parameterLines({ contestId: 'c2', optionId: 'o1' }, contests).map(({ text }) => text)).toEqual([
    'Board (c2)',
    'Cora (o1)',
  ]);
  // What has no title is shown exactly as it is.
  expect(parameterLines({ contestId: 'c9', order: ['o1'] }, contests).map(({ text }) => text)).toEqual([
    'c9',
    JSON.stringify(['o1'], null, 2),
  ]);
});

test('Parameters are shown as people see them, and a picture is not shown as text', () => {
  const texts = (parameters: Record<string, unknown>): string[] => parameterLines(parameters).map(({ text }) => text);
  expect(texts({ pinned: { version: 3, definitionHash: 'abc' } })).toEqual(['Version: 3 · SHA-256: abc']);
  expect(texts({ text: { en: 'Late' } })).toEqual(['Late']);
  expect(texts({ text: { en: 'Late', sr: 'Kasno' } })).toEqual(['Late (English) · Kasno (Serbian)']);
  expect(texts({ query: { mode: 'add', dryRun: 'false', column: 'Number' } })).toEqual([
    'What the file does: add · Only checked: no · Column of the numbers: Number',
  ]);
  expect(texts({ counts: { rows: 3, added: 2, malformed: 1 } })).toEqual([
    'Rows: 3 · People added: 2 · Rows that cannot be read: 1',
  ]);
  expect(texts({ backups: null, copiesDestroyed: true })).toEqual(['none was made', 'yes']);
  expect(texts({ backups: { last: '2026-07-01', destroyedOn: '2026-08-01' } })).toEqual([
    'Last backup: 2026-07-01 · Destroyed on: 2026-08-01',
  ]);
  const [change] = parameterLines({ change: { logo, contests: [{ title: { en: 'Chair' } }] } });
  expect(change).toMatchObject({ name: 'The change as data', isCode: true });
  expect(change?.text).toContain('(the picture above)');
  expect(change?.text).toContain('"Chair"');
  expect(change?.text).not.toContain(logo.slice(0, 20));
});

test('A proposed change is shown line by line, with what it replaces', () => {
  const before = { ...definition(), organiser: { en: 'The library' } } as unknown as Definition;
  const election = { definition: before, participants: [] };
  const { contests } = before;
  const result = proposedChange({ organiser: { en: 'The club' }, logo, contests }, election);
  expect(result).toEqual({
    lines: [
      { label: 'Organiser', text: 'The club', before: 'The library' },
      { label: 'Organiser logo', text: expect.stringContaining('32 × 16 pixels') as string, before: null },
    ],
    logo,
  });
  expect(proposedChange({ organiser: null }, election).lines).toContainEqual({
    label: 'Organiser',
    text: null,
    before: 'The library',
  });
  // Where it was carried out already, nothing is different.
  expect(proposedChange({ organiser: { en: 'The library' } }, election).lines).toEqual([]);
});
