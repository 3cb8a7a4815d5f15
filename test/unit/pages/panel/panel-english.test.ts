// English in the panel is plain: the rules of the voters' copy, applied to every text in the panel's sources.
import { describe, expect, test } from 'vitest';
import { panelTexts, textsOfSource } from '../../../support/pages/panel-texts.ts';
import type { PanelText } from '../../../support/pages/panel-texts.ts';

const wordsMax = 25;

/** Words and phrases that the project does not use, each with the plain one. */
const plainWords: readonly (readonly [RegExp, string])[] = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bwho(so)?ever\b/i, 'anyone who, or turn the sentence'],
  [/\b(every|some|any)body\b/i, 'everyone, someone, anyone'],
  [/\bnobody\b/i, 'no one'],
  [/\banew\b/i, 'again'],
  [/\b(for good|goes on|go on|taken? away|away|at once)\b/i, 'permanently, continue, export, unavailable, immediately'],
  [/\bat the moment\b/i, 'now'],
  [/\b(stands?|stood)\b/i, 'is, appears, counts'],
  [/\b(told|tells?)\b/i, 'list, report, notify'],
  [/\bon record\b/i, 'recorded, saved'],
  [/\bset(s|ting)?\b.*\b(aside|apart)\b/i, 'accept as incomplete, dead-letter'],
  [/\brefus(es?|ed|als?)\b/i, 'reject'],
  [/\b(an?|the|this|that|each|every|no) acts?\b|\bacts\b|^act$/i, 'action'],
  [/\b(all|every|quite) right\b/i, 'OK'],
  [/\bwhole or not\b|\b(is|are|was|were|not) whole\b/i, 'complete'],
  [/\blook(s|ed)? at\b|\blooks?\b(?! right)/i, 'review, check'],
  [/\bpress(es)? of\b|\bby a way\b|\bby itself\b/i, 'turn the sentence'],
  [/\b(came|comes)\b/i, 'arrived, is'],
  [/\b(house|edition|company|put out|tends?|lasting)\b/i, 'chamber, version, anonymity set, publish, maintain'],
  [/\b(twin|anyhow|thereof|hereby|shall|likewise)\b/i, 'turn the sentence'],
  [/\bhad (it )?been\b|\ball the same\b|\bsuch as it\b/i, 'turn the sentence'],
  [/\b(nothing|something|much) of (it|this|that|yours)\b/i, 'turn the sentence'],
  [/\b(is|are) (taken|meant|said|asked|found|held|kept)\b/i, 'accept, intend, store'],
  [/\bcan(not)? be (said|had|told|taken)\b/i, 'is not available'],
  [/\bclaim to\b|\bhand(ed)? in\b|\bof which\b|\bhow far\b/i, 'record, progress'],
  [/\b(please|sorry|oops|forbidden|illegal|redis)\b/i, 'the voters’ copy does without'],
];

const sentencesOf = (text: string): string[] => text.split(/(?<=[.?!:…])\s+/);
const wordsIn = (sentence: string): number =>
  sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}…]/u.test(word)).length;

/** Titles, codes and names that are not written as sentences. */
const properCase = /^(?:[A-Z]{2,}|PopVote|SHA|CSV|JMBG|HKID|UTF|Cyrillic|Latin|Serbian|Hong|Kong)/;

/** What is not plain in a text; empty where it is plain. */
function faultsIn({ text, use }: Pick<PanelText, 'text' | 'use'>): string[] {
  const faults: string[] = [];
  for (const [pattern, plain] of plainWords) {
    const [word] = pattern.exec(text) ?? [];
    if (word !== undefined) faults.push(`“${word}”: ${plain}`);
  }
  for (const sentence of sentencesOf(text)) {
    if (wordsIn(sentence) > wordsMax) faults.push(`${String(wordsIn(sentence))} words in a sentence`);
  }
  if (/!/.test(text)) faults.push('exclamation mark');
  if (/'/.test(text)) faults.push('straight apostrophe');
  if (/ {2}\S/.test(text.replace(/…\s+/g, '… ').replace(/\s+…/g, ' …'))) faults.push('double space');
  if (/^Of\b|[.:] Of\b/.test(text)) faults.push('“of” without its noun');
  if (use === 'name') faults.push(...faultsInName(text));
  return faults;
}

/** A name of a part of the page makes sense alone: a noun with its capital, not a question, clause or participle. */
function faultsInName(text: string): string[] {
  const faults: string[] = [];
  const words = text.replace(/…/g, '').trim().split(/\s+/).filter(Boolean);
  if (/^\p{Ll}/u.test(text)) faults.push('no capital');
  if (/^(?:to \p{Ll}|how (?!the )|what |where |which |whether |it |its |from the )/iu.test(text))
    faults.push('not a noun');
  if (/^(?:is|are|was|were|has|have|does|do) .*\?$/i.test(text)) faults.push('question as heading');
  if (/^\p{L}+ing$/u.test(text)) faults.push('participle as heading');
  const capitals = words.slice(1).filter((word) => /^\p{Lu}\p{Ll}/u.test(word) && !properCase.test(word));
  if (!/[.?!:;]\s/.test(text) && capitals.length > 0) faults.push(`capital in the middle: ${capitals.join(', ')}`);
  return faults;
}

describe('English in the panel', () => {
  const texts = panelTexts();

  test('English texts are found in JSX, attributes and word tables', () => {
    expect(texts.length).toBeGreaterThan(1_000);
    const all = texts.map(({ text }) => text);
    for (const text of [
      'Log integrity',
      'Add the parties or people who appear on ballots.',
      'No connection',
      'Election progress',
    ])
      expect(all).toContain(text);
  });

  test('English texts have no forbidden words, short sentences, and complete names', () => {
    const faults = texts.flatMap((text) => faultsIn(text).map((fault) => `${text.place} ${fault}: ${text.text}`));
    expect(faults).toEqual([]);
  });

  test('Sentences have fewer than 12 words on average', () => {
    const lengths = texts.flatMap(({ text }) => sentencesOf(text)).map(wordsIn);
    expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeLessThan(12);
  });
});

/** Texts of the old panel. Each has to be rejected. */
const oldTexts: readonly string[] = [
  '<p>Mend what is listed here and save again. Nothing was changed.</p>',
  '<h2>This file needs mending</h2>',
  '<h2>To mend before sending</h2>',
  '<p>Otherwise they are left out and told.</p>',
  '<p>{n} names, of which {m} stand here more than once</p>',
  '<p>Each may be meant. If it is not, mend it in its step.</p>',
  '<CheckField label="I have looked at each of these, and they are meant" />',
  '<p>Look at what is listed above first, and say that you have.</p>',
  '<button>Go on writing</button>',
  '<TextField hint="Stands in addresses and files, and is typed before acts that cannot be undone. It stays for good." />',
  '<p>Parties and individuals stand on ballots. Motions need none.</p>',
  '<dt>Of a rehearsal</dt>',
  '<p>Who has verified a phone before this moment may still cast. An end that has come stays: this cannot be undone. Nobody can vote.</p>',
  '<button>Hand in this lot</button>',
  '<p>They have exactly the same claim to the win.</p>',
  '<p>Everybody reads the count of 11 valid ballots</p>',
  '<h2>Is every ballot there?</h2>',
  '<h2>Is the log whole?</h2>',
  '<h2>What waits</h2>',
  '<h2>From the first page to a ballot</h2>',
  '<button>Take it away</button>',
  '<ol aria-label="How far it is" />',
  '<nav aria-label="Of this election" />',
  '<SelectField label="To what" />',
  '<TextField label="Its id" />',
  "<DataTable columns={[{ head: 'Acts' }]} />",
  '<p>For who forgot the password: the old one and all sessions end. Nobody else is told.</p>',
  '<p>Something between this page and the service answered. Try again; tell who runs the platform if it goes on.</p>',
  '<p>What you upload stands here, with how far it is.</p>',
  '<p>The service takes a file whole or not at all</p>',
  '<p>An election that would run within the time of another is then refused.</p>',
  '<button>Take what is on record</button>',
  '<h2>Sending</h2>',
  '<p>Nobody has begun a session yet, or the edge Redis that keeps these sums is away.</p>',
  "const words = { done: 'set a batch of {object} aside' };",
  "const faults = refuse('title', `${name} cannot be told at the moment.`);",
];

describe('Old texts of the panel', () => {
  test.each(oldTexts)('The old text is rejected: %s', (source) => {
    const texts = textsOfSource('old.tsx', source);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.flatMap(faultsIn)).not.toEqual([]);
  });
});
