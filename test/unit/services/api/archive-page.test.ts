// The page of votes that have ended, in every language.
import { describe, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { prepareJson } from '../../../../src/platform/http/prepared-answer.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { allTexts } from '../../../../src/pages/public/languages/all-texts.ts';
import { languageTags } from '../../../../src/pages/public/languages/languages.ts';
import { createWords } from '../../../../src/pages/public/words.ts';
import { Problem } from '../../../../src/protocol/problem.ts';
import type { ElectionArchive } from '../../../../src/protocol/public-api.ts';
import { createPublicPages } from '../../../../src/services/api/public-pages.ts';
import { publicPageRoutes } from '../../../../src/services/api/routes/public-pages.ts';
import { createLogProbe } from '../../../support/log.ts';

const times = { opensAt: '2026-06-20T01:00:00.000Z', closesAt: '2026-06-21T14:00:00.000Z' };
const resultExpectedAt = '2026-06-22T14:00:00.000Z';
const pageOf = new Map<number | null, ElectionArchive>([
  [
    null,
    {
      elections: [
        {
          id: 'parliament',
          title: { en: 'Parliament <b>' },
          phase: 'published',
          rehearsal: false,
          ...times,
          timeZone: 'Asia/Hong_Kong',
          resultExpectedAt,
        },
        {
          id: 'motion',
          title: { en: 'Motion' },
          phase: 'closed',
          rehearsal: true,
          ...times,
          timeZone: 'America/New_York',
          resultExpectedAt,
        },
      ],
      next: '7',
    },
  ],
  [7, { elections: [], next: null }],
]);

async function read(path: string) {
  const version = { version: '0', node: '0' };
  const { logger } = createLogProbe('site');
  const { app } = await createHttp({ logger, metrics: createMetrics('site'), checks: [], version });
  const elections = {
    find: () => Promise.reject(new Problem('election-not-found')),
    archive: (before: number | null) => {
      const body = pageOf.get(before);
      if (!body) return Promise.reject(new Problem('busy'));
      return Promise.resolve({ body, answer: prepareJson(body), freshSeconds: 30 });
    },
  };
  const parts = { elections, assets: null, downloads: null, checkpointOf: () => null, hasTable: true };
  await app.register(publicPageRoutes, { pages: createPublicPages(parts) });
  const answer = await app.inject(path);
  await app.close();
  return answer;
}

describe('The page of votes that have ended', () => {
  test.each(languageTags)('The page in %s links results, turnout and older votes', async (tag) => {
    const { body, statusCode } = await read(`/archive?lang=${tag}`);
    expect(statusCode).toBe(200);
    const { pages } = allTexts[tag];
    expect(body).toContain(`<h1>${pages.endedVotes}</h1>`);
    expect(body).toContain(`href="/results/parliament?lang=${tag}"`);
    expect(body).toContain(`href="/turnout/motion?lang=${tag}"`);
    expect(body).toContain('Parliament &lt;b&gt;');
    // Once, of the one without a result.
    const time = createWords(tag, 'America/New_York').time(resultExpectedAt);
    expect(body.split(pages.resultExpected.replace('{time}', time)).length).toBe(2);
    for (const zone of ['Asia/Hong_Kong', 'America/New_York'])
      expect(body).toContain(pages.closed.replace('{time}', createWords(tag, zone).time(times.closesAt)));
    expect(body.split(pages.notYet), 'the closed one is not counted yet').toHaveLength(2);
    expect(body).toContain(`href="/archive?lang=${tag}&amp;before=7">${pages.olderVotes}`);
    const last = await read(`/archive?lang=${tag}&before=7`);
    expect(last.body).toContain(pages.archiveEmpty);
    expect(last.body).not.toContain(pages.olderVotes);
  });

  test('A page number that is none is the first page, and a busy archive is a page too', async () => {
    for (const before of ['x', '0', '-1', '7.5', '']) {
      expect((await read(`/archive?lang=en&before=${before}`)).body).toContain('/results/parliament');
    }
    const busy = await read('/archive?lang=en&before=9');
    expect([busy.statusCode, busy.headers['retry-after'], busy.headers['content-type']]).toEqual([
      503,
      '2',
      'text/html; charset=utf-8',
    ]);
  });
});
