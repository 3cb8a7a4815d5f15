// What leads voters to the vote: its times are written as on the voters' pages.
import { expect, test } from 'vitest';
import { loadInvitation } from '../../../../src/pages/panel/elections/share/invitation.ts';
import type { Definition } from '../../../../src/pages/panel/elections/draft/definition.ts';

const definition = {
  title: { en: 'Library hours', 'zh-Hant-HK': '圖書館' },
  opensAt: '2026-06-20T06:00:00.000Z',
  closesAt: '2026-06-21T11:51:00.000Z',
  timeZone: 'Europe/Belgrade',
  rehearsal: false,
} as unknown as Definition;
const link = 'https://vote.example.org/?election=hours';
const messageOf = async (tag: 'en' | 'zh-Hant-HK', announcedAt: string | null): Promise<string> =>
  (await loadInvitation({ definition, announcedAt }, tag, link)).message;

test('Times in Chinese have no brackets and no leading zero, and the year', async () => {
  const message = await messageOf('zh-Hant-HK', null);
  expect(message).toContain('2026');
  expect(message).toMatch(/下午1:51/);
  expect(message).not.toMatch(/[[\]]/);
});

test('Voting opens at the announcement where that was later', async () => {
  expect(await messageOf('en', '2026-06-19T06:00:00.000Z')).toContain('20 June 2026');
  expect(await messageOf('en', '2026-06-20T14:23:00.000Z')).toContain('16:23');
});
