// Turnout and results as pages: their texts for every kind of result, and no other content.
import { crc32, gzipSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html, markupText } from '../../../../src/pages/public/html.ts';
import { allTexts } from '../../../../src/pages/public/languages/all-texts.ts';
import { languages, languageTags } from '../../../../src/pages/public/languages/languages.ts';
import { pictureAddressOf } from '../../../../src/pages/public/log-part.ts';
import type { PublicLog } from '../../../../src/pages/public/log-part.ts';
import { pageTag } from '../../../../src/pages/public/page-tag.ts';
import { noResultsBody } from '../../../../src/pages/public/results-page.ts';
import { turnoutPageBody } from '../../../../src/pages/public/turnout-page.ts';
import { createWords } from '../../../../src/pages/public/words.ts';
import { publicationOf } from '../../../../src/services/elections/publishing/publication.ts';
import { signValue } from '../../../../src/platform/keys/signatures.ts';
import { shownElection } from '../../../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../../../src/protocol/public-document.ts';
import { definition } from '../../../support/elections.ts';
import { countedResults, publicationOfResults, turnoutOf } from '../../../support/published.ts';
import {
  createPublicSite,
  parliament,
  parliamentResults,
  ties,
  tiesResults,
} from '../../../support/pages/public-site.ts';
import { anyCharacter } from '../../../support/code-points.ts';

const textOf = (page: string): string =>
  page
    .replace(/<(style|title)\b.*?<\/\1>/gs, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

/** A PNG with a palette and no filters. */
function readPicture(bytes: Buffer) {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const data = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at));
    expect(bytes.readUInt32BE(at + 8 + data.length)).toBe(crc32(bytes.subarray(at + 4, at + 8 + data.length)));
    chunks.set(bytes.toString('latin1', at + 4, at + 8), data);
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(8);
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const colourAt = (x: number, y: number): string => {
    const shade = rows[y * (width + 1) + 1 + x] ?? 0;
    return `#${chunks.get('PLTE')?.toString('hex', 3 * shade, 3 * shade + 3) ?? ''}`;
  };
  return { width, height, colourAt };
}

async function read(path: string, prepare: (site: Awaited<ReturnType<typeof createPublicSite>>) => void) {
  await using site = await createPublicSite();
  prepare(site);
  const answer = await site.app.inject(path);
  return { status: answer.statusCode, headers: answer.headers, body: answer.body, text: textOf(answer.body) };
}
const resultsPage = (election: ElectionDefinition, results: typeof tiesResults) =>
  read(`/results/${election.id}?lang=en`, ({ publish, publisher }) =>
    publish(election.id, publicationOfResults(election, results, publisher)),
  );

describe('The result', () => {
  test('The result says first how it ended, with the turnout, and explains each seat', async () => {
    const { text, body } = await resultsPage(parliament, parliamentResults);
    expect(text).toContain('This is the published result. 62.0% of the people on the voter list took part.');
    expect(text).toContain('Harbour Union has the most seats, 125 of 250. A majority is 126.');
    expect(text).toContain('The last seat went to Lighthouse List for an Open City: 98,412 ÷ 30 = 3,280.40.');
    expect(text).toContain(
      'Next was Harbour Union: 412,300 ÷ 126 ≈ 3,272.22. 1,031 more votes would have won the seat.',
    );
    expect(text).toContain('Below the threshold (43,261 votes): no seats');
    expect(text).toContain('Ana Novak has the most votes: 47.26% of the valid ballots. That is 3,652 votes more than');
    expect(text).toMatch(/Together 869,362 869,323 39/);
    expect(body.match(/<circle/g)?.length).toBe(250);
    expect(body).toContain('href="/v1/elections/parliament/results.csv"');
    expect(gzipSync(body).length).toBeLessThanOrEqual(40_000);
  });

  test('The result states a tie plainly, open or drawn, and what no one won', async () => {
    const { text } = await resultsPage(ties, tiesResults);
    expect(text).toContain('A tie is not decided yet.');
    expect(text).not.toContain('This is the published result.');
    expect(text).toContain('Harbour Union has the most seats so far, 2 of 5. A majority is 3.');
    expect(text).toContain('Harbour Union 2 Not decided 2 5 Majority: 3');
    expect(text).toContain('Terraces and Lighthouse List for an Open City are tied for 2 seats. Lots will be drawn.');
    expect(text).toContain('Ana Novak and Chan Siu-ming were tied for first place. Chan Siu-ming won by drawing lots.');
    expect(text).toMatch(/Chan Siu-ming – wins/);
    expect(text).toContain('Drawn in this order: Chan Siu-ming, Ana Novak.');
    expect(text).toContain('Two sealed envelopes, drawn by a child of the school at noon.');
    expect(text).toContain('No list has enough votes. All seats stay empty.');
    expect(text).toContain('No option received a vote.');
  });

  test('The result says a majority of one, and of several', async () => {
    const council = definition().contests[1]!;
    const chamberPage = (votes: Record<string, number>) => {
      const election = definition({ contests: [council] });
      return resultsPage(election, countedResults(election, { council: votes }));
    };
    expect((await chamberPage({ red: 60, blue: 50 })).text).toContain('Red has 6 of 11 seats, exactly a majority.');
    expect((await chamberPage({ red: 80, blue: 20 })).text).toContain('Red has 9 of 11 seats, 3 more than a majority.');
    expect((await chamberPage({ red: 50, blue: 50, green: 11 })).text).toContain(
      'Red and Blue have the most seats, 5 of 11 each.',
    );
  });

  test('The result is nowhere before it is published, and the page says when it comes', async () => {
    const { text, status } = await read('/results/rehearsal?lang=en', ({ publish, publisher }) => {
      const results = countedResults(definition(), { motion: { yes: 77, no: 3 } });
      const signed = { results, signature: signValue(publisher, results) };
      // Signed, but not published by an official. A result that a process published too early is not shown.
      publish('rehearsal', { ...publicationOf(definition(), publisher, 1), results: signed });
    });
    expect(status).toBe(200);
    expect(text).toContain('There is no result yet.');
    expect(text).toContain('Voting closes');
    expect(text).not.toContain('77');
  });

  test.each(languageTags)('Pages in %s say when the result is expected, in the zone of the election', (tag) => {
    const times = { opensAt: '2026-06-20T01:00:00.000Z', closesAt: '2026-06-21T14:00:00.000Z' };
    const election = definition({ ...times, timeZone: 'Asia/Hong_Kong', resultHours: 24 });
    const words = createWords(tag, election.timeZone);
    const pagesOf = (changes: Partial<ElectionDefinition>, phase: 'open' | 'closed') => {
      const signed = { ...shownElection({ ...election, ...changes }), phase, revision: 1 };
      const turnout = turnoutPageBody(words, signed, null, { log: null, checkpoint: null });
      return { results: markupText(noResultsBody(words, signed)), turnout: markupText(turnout) };
    };
    const { resultExpected } = allTexts[tag].pages;
    const sentence = resultExpected.replace('{time}', words.time('2026-06-22T14:00:00.000Z'));
    if (tag === 'en') expect(sentence).toContain('Monday, 22 June 2026 at 22:00 GMT+8');
    const closed = pagesOf({}, 'closed');
    expect(closed.results).toContain(sentence);
    expect(closed.turnout).toContain(sentence);
    // It moves with the end.
    expect(pagesOf({ closesAt: '2026-06-21T15:00:00.000Z' }, 'closed').results).not.toContain(sentence);
    const [before = ''] = resultExpected.split('{time}');
    expect(pagesOf({ resultHours: undefined }, 'closed').results).not.toContain(before);
    // While voting is open, the page of the turnout says nothing about the result.
    expect(pagesOf({}, 'open').results).toContain(before);
    expect(pagesOf({}, 'open').turnout).not.toContain(before);
  });

  test('The result escapes the markup of an election, and has nothing inline', async () => {
    const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&';
    const contests = definition().contests.map((contest) => ({
      ...contest,
      title: { en: evil },
      options: contest.options.map((option) => ({ ...option, title: { en: evil } })),
    }));
    const election = definition({ title: { en: evil }, contests });
    const lots = { motion: { order: ['no', 'yes'], note: evil } };
    const results = countedResults(election, { motion: { yes: 5, no: 5 }, council: { red: 5 } }, {}, lots);
    const { body, headers } = await resultsPage(election, results);
    const ownScript = /<script type="module" src="\/assets\/share-\w+\.js"><\/script>/;
    expect(body.replace(ownScript, '')).not.toMatch(/<script|<img|<style| style=| on\w+="/);
    expect(body).toContain('&lt;script&gt;');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });
});

describe('A result that is passed on', () => {
  const publishParliament = ({ publish, publisher }: Awaited<ReturnType<typeof createPublicSite>>): void =>
    publish('parliament', publicationOfResults(parliament, parliamentResults, publisher));

  test('A preview of the link says the title and the sentences, without script', async () => {
    const { body } = await read('/results/parliament?lang=en', publishParliament);
    const valueOf = (name: string): string => new RegExp(`${name}" content="([^"]*)"`).exec(body)?.[1] ?? '';
    expect(valueOf('og:title')).toBe('Result – General election 2026');
    const text = valueOf('og:description');
    expect(text).toMatch(/^Parliament: Harbour Union has the most seats, 125 of 250\..* President: Ana Novak has/);
    expect(Array.from(text).length).toBeLessThanOrEqual(300);
    expect(valueOf('og:locale')).toBe('en_GB');
    const serbian = await read('/results/parliament?lang=sr-Latn', publishParliament);
    expect(serbian.body).toContain('og:locale" content="sr_RS"');
  });

  test('The picture beside a link is a PNG with the mark on the colour of the organiser', async () => {
    const election = { ...ties, colour: '#7a1f5c' };
    const { body } = await resultsPage(election, tiesResults);
    expect(body).toContain('og:image" content="/picture/ties/share.png"');
    expect(body).toContain('og:image:width" content="1200"');
    await using site = await createPublicSite();
    site.publish('ties', publicationOfResults(election, tiesResults, site.publisher));
    const answer = await site.app.inject('/picture/ties/share.png');
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    const { width, height, colourAt } = readPicture(answer.rawPayload);
    expect([width, height]).toEqual([1_200, 630]);
    expect([colourAt(0, 0), colourAt(1_199, 629)]).toEqual(['#7a1f5c', '#7a1f5c']);
    // The corner of the mark is below the middle.
    expect(colourAt(600 - 26, 315 + 80)).toBe('#ffffff');
    expect((await site.app.inject('/picture/none/share.png')).statusCode).toBe(404);
    expect((await site.app.inject('/picture/a%2F..%2Fb/share.png')).statusCode).toBe(404);
  });

  test('The address of a picture is whole where a manifest names the site', () => {
    const log = (host: string) => ({ manifest: { log: { host } } }) as unknown as PublicLog;
    expect(pictureAddressOf('ties', log('vote.example.org'))).toBe('https://vote.example.org/picture/ties/share.png');
    expect(pictureAddressOf('ties', log('127.0.0.1:25000'))).toBe('http://127.0.0.1:25000/picture/ties/share.png');
    expect(pictureAddressOf('ties', null)).toBe('/picture/ties/share.png');
  });

  test('The record of a result has the organiser, the zone and the key that signed it', async () => {
    const organiser = { en: 'The returning officer', 'sr-Cyrl': 'Бирачка комисија' };
    const election = { ...ties, organiser };
    const { text, body } = await resultsPage(election, tiesResults);
    expect(text).toMatch(
      /Record of this result Organiser The returning officer Time zone of all times Asia\/Hong_Kong/,
    );
    expect(text).toMatch(/Key that signed the result publisher /);
    expect(body).toContain('data-frame="/embed/ties?lang=en"');
  });

  test('The header of a page has the colour of the organiser, and none where there is none', async () => {
    const { body } = await resultsPage({ ...ties, colour: '#7a1f5c' }, tiesResults);
    expect(body).toMatch(/<header class="coloured">\s*<svg aria-hidden="true"><rect [^>]*fill="#7a1f5c"/);
    // The picture has it too.
    expect(body).toContain('&quot;colour&quot;:&quot;#7a1f5c&quot;');
    const plain = await resultsPage(ties, tiesResults);
    expect(plain.body).toContain('<header>');
  });

  test('The embedded result may be in a frame of any site, and no other page may', async () => {
    const embedded = await read('/embed/parliament?lang=en', publishParliament);
    expect(embedded.text).toContain('Ana Novak – wins');
    const policy = String(embedded.headers['content-security-policy']);
    expect(policy).toMatch(/script-src 'none'.*connect-src 'none'.*form-action 'none'.*frame-ancestors \*$/);
    expect(embedded.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' });
    expect(Object.keys(embedded.headers)).not.toContain('x-frame-options');
    expect(Object.keys(embedded.headers)).not.toContain('set-cookie');
    for (const path of [
      '/results/parliament',
      '/turnout/parliament',
      '/trust/parliament',
      '/check',
      '/',
      '/embed/none',
    ]) {
      const { headers } = await read(path, publishParliament);
      expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
    }
  });

  test('A code in the query of the check goes behind the sign that browsers do not send', async () => {
    const { status, headers } = await read('/check?lang=sr-Latn&c=abcd%20efgh&election=a%22b', () => undefined);
    expect([status, headers.location, headers['cache-control']]).toEqual([
      302,
      '/check?lang=sr-Latn#c=abcd+efgh&election=a%22b&sent=1',
      'no-store',
    ]);
    const long = await read(`/check?c=${'x'.repeat(500)}`, () => undefined);
    expect(String(long.headers.location).length).toBeLessThan(120);
  });
});

describe('The turnout', () => {
  test('The turnout says how many, of how many, and how they came; never a choice', async () => {
    const { text } = await read('/turnout/rehearsal?lang=en', ({ publish, publisher }) => {
      const turnout = turnoutOf('rehearsal', { eligible: 1_000, online: 333, batches: 1 });
      const signed = { turnout, signature: signValue(publisher, turnout) };
      publish('rehearsal', { ...publicationOf(definition(), publisher, 1), turnout: signed });
    });
    expect(text).toContain('33.4% of the people on the voter list took part so far.');
    expect(text).toMatch(/Online 333 .*On paper 1 .*Together 334 .*People on the voter list 1,000/);
    expect(text).toContain('Rehearsal: nothing here counts');
    expect(text).not.toMatch(/Red|Blue|Yes/);
  });

  test('The turnout of a vote that is over says that its ballots are not counted yet', async () => {
    const over = definition({ closesAt: new Date(Date.now() - 60_000).toISOString() });
    const turnout = turnoutOf('rehearsal', { eligible: null, online: 12, batches: 0 });
    const { text } = await read('/turnout/rehearsal?lang=en', ({ publish, publisher }) =>
      publish('rehearsal', {
        ...publicationOf(over, publisher, 1),
        turnout: { turnout, signature: signValue(publisher, turnout) },
      }),
    );
    expect(text).toContain('12 ballots were received. This number is from before the count.');
    expect(text).toMatch(/As of \w+day,? \d+ \w+ \d{4} at \d\d:\d\d GMT\+8\./);
    expect(text).not.toMatch(/so far|Counted/);
  });

  test('A result that replaces an earlier one says which version it is', async () => {
    const { text } = await resultsPage(parliament, { ...parliamentResults, revision: 3 });
    expect(text).toContain('Version 3 of the result. It replaces what was published before.');
    expect((await resultsPage(parliament, parliamentResults)).text).not.toContain('Version');
  });

  test('The turnout is there before the first count, and after publication from the result itself', async () => {
    const before = await read('/turnout/rehearsal?lang=en', ({ publish, publisher }) =>
      publish('rehearsal', publicationOf(definition(), publisher, 1)),
    );
    expect(before.text).toContain('There is no number yet.');
    const after = await read('/turnout/parliament?lang=en', ({ publish, publisher }) =>
      publish('parliament', publicationOfResults(parliament, parliamentResults, publisher)),
    );
    expect(after.text).toContain('62.0% of the people on the voter list took part.');
  });
});

describe('The pages', () => {
  test.each(languageTags)('Every time on turnout and results in %s names its zone', async (tag) => {
    await using site = await createPublicSite();
    const { publish, publisher, app } = site;
    const turnout = turnoutOf('rehearsal', { eligible: 1_000, online: 333, batches: 1 });
    const signed = { turnout, signature: signValue(publisher, turnout) };
    const election = definition({ resultHours: 24 });
    publish('rehearsal', { ...publicationOf(election, publisher, 1), turnout: signed });
    publish('parliament', publicationOfResults(parliament, parliamentResults, publisher));
    let times = 0;
    for (const path of ['/turnout/rehearsal', '/results/rehearsal', '/turnout/parliament', '/results/parliament']) {
      const text = textOf((await app.inject(`${path}?lang=${tag}`)).body);
      times += text.match(/\d{1,2}:\d\d/g)?.length ?? 0;
      expect(text.match(/\d{1,2}:\d\d(?!\s*(?:GMT|UTC))/g), path).toBeNull();
    }
    expect(times).toBeGreaterThan(2);
  });

  test('The pages are kept by their content, and change with what is published', async () => {
    await using site = await createPublicSite();
    const { publish, publisher, app } = site;
    publish('rehearsal', publicationOf(definition(), publisher, 1));
    const first = await app.inject({ url: '/results/rehearsal', headers: { 'accept-language': 'zh-HK,zh;q=0.9' } });
    expect(first.body).toContain('lang="zh-Hant-HK"');
    expect(first.headers).toMatchObject({ vary: 'accept-encoding, accept-language' });
    const ask = () =>
      app.inject({
        url: '/results/rehearsal',
        headers: { 'accept-language': 'zh-HK', 'if-none-match': String(first.headers.etag) },
      });
    expect((await ask()).statusCode).toBe(304);
    publish('rehearsal', publicationOf(definition({ title: { en: 'Changed' } }), publisher, 2));
    const changed = await ask();
    expect(changed.statusCode).toBe(200);
    expect(changed.body).toContain('Changed');
    const packed = await app.inject({ url: '/results/rehearsal', headers: { 'accept-encoding': 'br' } });
    expect(packed.headers['content-encoding']).toBe('br');
  });

  test('A phone number of the organiser runs from left to right in any language', async () => {
    const number = '<bdi dir="ltr">2555 0123</bdi>';
    const text = { ar: 'بلدية الميناء: 2555 0123' };
    const notices = [{ at: '2026-06-20T01:00:00.000Z', text }];
    for (const path of ['/turnout/rehearsal', '/results/rehearsal', '/embed/rehearsal']) {
      const { body } = await read(`${path}?lang=en`, ({ publish, publisher }) =>
        publish('rehearsal', publicationOf(definition({ organiser: text, notices }), publisher, 1)),
      );
      // At the foot of the page, and in a notice, which the frame does not have.
      expect(body.split(number).length - 1, path).toBe(path.startsWith('/embed') ? 1 : 2);
    }
  });

  test('The pages for an unknown vote, or one not loaded yet, are pages too', async () => {
    const none = await read('/results/none?lang=sr-Latn', () => undefined);
    expect(none.status).toBe(404);
    expect(none.text).toContain('Nema takvog glasanja');
    expect((await read('/results/a%20b', () => undefined)).status).toBe(404);
    await using site = await createPublicSite({ complete: false });
    const unknown = await site.app.inject('/turnout/any?lang=en');
    expect([unknown.statusCode, unknown.headers['retry-after'], unknown.headers['cache-control']]).toEqual([
      503,
      '2',
      'no-store',
    ]);
  });
});

test('A page’s language is the one in the address, else the browser’s best, else English', () => {
  expect(pageTag('sr-Latn', 'zh')).toBe('sr-Latn');
  expect(pageTag(['en', 'x'], 'zh-TW')).toBe('zh-Hant-HK');
  expect(pageTag('__proto__', 'sr-Latn-RS, en;q=0.9')).toBe('sr-Latn');
  expect(pageTag(undefined, 'fr, sr;q=0.5, en;q=0.9')).toBe('en');
  expect(pageTag(undefined, 'de;q=1, zh;q=0')).toBe('en');
  expect(pageTag(undefined, undefined)).toBe('en');
});

test('Every language has its own pages, linked from the others and selected by the browser’s preference', async () => {
  await using site = await createPublicSite();
  const { publish, publisher, app } = site;
  publish('parliament', publicationOfResults(parliament, parliamentResults, publisher));
  for (const tag of languageTags) {
    const { body } = await app.inject({
      url: '/results/parliament',
      headers: { 'accept-language': languages[tag].lang },
    });
    expect(body).toContain(`<html lang="${languages[tag].lang}" dir="${languages[tag].dir}" data-tag="${tag}">`);
    expect(body).toContain(allTexts[tag].pages.downloads);
    for (const other of languageTags.filter((each) => each !== tag)) {
      expect(body).toContain(`href="/results/parliament?lang=${other}"`);
    }
  }
});

test('Names are listed as each language lists them', () => {
  const titles = ['A', 'B', 'C'].map((name) => ({ en: name, 'zh-Hant-HK': name, 'sr-Cyrl': name, 'sr-Latn': name }));
  const lists = languageTags.map((tag) => [tag, createWords(tag, 'UTC').names(titles)]);
  expect(Object.fromEntries(lists)).toMatchObject({
    en: 'A, B and C',
    'zh-Hant-HK': 'A、B及C',
    'sr-Cyrl': 'A, B и C',
    'sr-Latn': 'A, B i C',
  });
  expect(createWords('zh-Hant-HK', 'UTC').sequence(['A', 'B', 'C'])).toBe('A、B、C');
  expect(createWords('en', 'UTC').sequence(['A', 'B'])).toBe('A, B');
});

test('Numbers are written exactly, as the language writes them', () => {
  const words = createWords('sr-Cyrl', 'Europe/Belgrade');
  expect(words.turnoutShare({ numerator: 1, denominator: 3 })).toBe('33,3%');
  expect(words.turnoutShare({ numerator: 9_985, denominator: 10_000 })).toBe('99,9%');
  expect(words.turnoutShare({ numerator: 9_995, denominator: 10_000 })).toBe('99,95%');
  expect(words.turnoutShare({ numerator: 2 ** 49 - 1, denominator: 2 ** 49 })).toBe('99,9999999999998%');
  const plain = { votes: 2 ** 49, factor: null, divisor: { numerator: 3, denominator: 1 } };
  expect(words.division({ ...plain, text: '187649984473770.67', exact: false })).toBe(
    '562.949.953.421.312 ÷ 3 ≈ 187.649.984.473.770,67',
  );
  const lawful = { votes: 7, factor: { numerator: 27, denominator: 20 }, divisor: { numerator: 14, denominator: 10 } };
  expect(words.division({ ...lawful, text: '6.75', exact: true })).toBe('7 × 1,35 ÷ 1,4 = 6,75');
  expect(words.resultShare({ numerator: 1, denominator: 3 }, [])).toBe('33,33%');
  expect(words.exactShare({ numerator: 325, denominator: 10_000 })).toBe('3,25%');
  expect(words.exactShare({ numerator: 1, denominator: 150 })).toBe('1/150');
  expect([1, 2, 5, 21].map((n) => words.counted('ballotsFinal', n))).toEqual([
    'Примљен је 1 листић.',
    'Примљена су 2 листића.',
    'Примљено је 5 листића.',
    'Примљен је 21 листић.',
  ]);
});

test('Text in a page is text, whatever it is', () => {
  const signs = fc.constantFrom(...Array.from('<>"\'&/=!-a; \n'));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: anyCharacter }), fc.string({ unit: signs })), (text) => {
      const page = markupText(html`<p title="${text}">${[text, html`<b>${text}</b>`]}</p>`);
      const bare = page.replace(/^<p title="[^"<>]*">[^<>]*<b>[^<>]*<\/b><\/p>$/s, '');
      expect(bare).toBe('');
    }),
  );
});
