// Texts that people read: nothing hidden, whatever the script, and nothing that a script needs is refused.
import { describe, expect, test } from 'vitest';
import { readableText } from '../../../../src/domain/text/readable-text.ts';
import { faultText, writtenText } from '../../../../src/protocol/written-text.ts';
import { everyCharacter } from '../../../support/code-points.ts';

const isReadable = (text: string): boolean => readableText(text).ok;

describe('Hidden characters of a text', () => {
  const hiddenCharacters = everyCharacter(
    /[\p{Cf}\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\uE000-\uE0FF]/u,
  );
  const atEnds = new Set(['\t', '\n', '\v', '\f', '\r', '\u2028', '\u2029']);

  test('Every one is rejected between letters, and the message names it', () => {
    expect(hiddenCharacters.length).toBeGreaterThan(4_000);
    for (const character of hiddenCharacters) {
      const read = readableText(`Ana${character}Anić`);
      expect(read).toEqual({ ok: false, fault: 'hidden', character, before: 'Ana' });
    }
  });

  test('Every one is rejected alone and after a letter, unless it is a line break that is trimmed', () => {
    const others = hiddenCharacters.filter((character) => !atEnds.has(character));
    expect(others.filter(isReadable)).toEqual([]);
    expect(others.filter((character) => isReadable(`A${character}`))).toEqual([]);
    expect(others.filter((character) => isReadable(`${character}A`))).toEqual([]);
  });

  test.each(['\u3164', '\u2800', '\u200b', '\u00ad', '\uFFA0', '\u115F', '\u{1D159}', '\u{13441}', '\uFFFC', '\uFFFD'])(
    'The blank or lost character %j is rejected',
    (character) => {
      expect(isReadable(character)).toBe(false);
      expect(isReadable(`A${character}`)).toBe(false);
    },
  );

  test('Half of a surrogate pair is rejected', () => {
    expect(isReadable('Red \uD83D')).toBe(false);
    expect(isReadable('\uDE00 Red')).toBe(false);
  });

  test('The message says which character, where, and what to do', () => {
    const parsed = writtenText('title', 50).safeParse('River Party\u200b');
    expect(parsed.error?.issues[0]?.message).toBe(
      'A title is one line without hidden characters. This one has U+200B after "River Party". Type that part again.',
    );
    const start = readableText('\u202eabc');
    expect(start.ok ? '' : faultText('name', start)).toContain('U+202E at its start');
  });
});

describe('A text without anything to see', () => {
  test.each(['', '   ', '\u00a0', '\u3000', '\u0301', '\u0301\u0302', '\u2003 \u2009'])(
    'The text %j is empty',
    (text) => {
      expect(readableText(text)).toEqual({ ok: false, fault: 'empty' });
    },
  );
  test('A letter that is covered with marks is rejected', () => {
    expect(readableText(`Z${'\u0316'.repeat(9)}`)).toEqual({ ok: false, fault: 'covered' });
    expect(isReadable(`Z${'\u0316'.repeat(7)}`)).toBe(true);
  });
});

describe('Texts in the scripts of the world', () => {
  test.each([
    ['English', 'River Party'],
    ['Serbian in both scripts', 'Река – Reka'],
    ['Chinese', '民主動力（香港）'],
    ['Vietnamese', 'Đảng Sông Hồng'],
    ['Hebrew with points', 'שָׁלוֹם'],
    ['Arabic with vowels', 'بِسْمِ'],
    ['Persian with a joiner', 'می‌خواهم'],
    ['Kurdish with a joiner', 'کوردی‌یەکان'],
    ['Hindi with joiners', 'क्‍ष क्‌ष'],
    ['Bengali with a joiner before the virama', 'র‍্যাব'],
    ['Sinhala', 'ශ්‍රී ලංකා'],
    ['Malayalam with an old chillu', 'അവന്‍'],
    ['Mongolian', 'ᠮᠣᠩᠭᠣᠯ᠎ᠠ'],
    ['Tibetan', 'བོད་སྐད'],
    ['Thai', 'พรรคแม่น้ำ'],
    ['an ideograph of a name with its variant', '葛\u{E0100}城'],
    ['Braille', '⠗⠊⠧⠑⠗'],
    ['signs alone', '–'],
    ['an emoji', 'River 🏞️'],
    ['a joined emoji', '👩‍⚕️ Health'],
    ['a family of emoji', '👨🏽‍👩🏽‍👧'],
    ['a keycap', '1️⃣ First'],
    ['the text form of a sign', '❤︎'],
    ['the flag of a country', '🇷🇸 Serbia'],
    ['the flag of Scotland', '🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland'],
  ])('A text with %s is readable', (_what, text) => {
    expect(readableText(text)).toEqual({ ok: true, text: text.normalize('NFC') });
  });

  test.each([
    ['a joiner between Latin letters', 'Ri\u200dver'],
    ['a joiner at the end of a Persian word', 'رود\u200c'],
    ['a joiner before a Persian word', '\u200cرود'],
    ['two joiners', 'می\u200c\u200cخواهم'],
    ['a joiner after an emoji', '😀\u200d'],
    ['a variation selector after a letter', 'A\ufe0f'],
    ['a variation selector after a digit', '1\ufe0f'],
    ['two variants of an ideograph', '葛\u{E0100}\u{E0101}'],
    ['the tags of another flag', '🏴\u{E0067}\u{E0062}\u{E0061}\u{E007F}'],
  ])('A text with %s is rejected', (_what, text) => {
    expect(readableText(text)).toMatchObject({ ok: false, fault: 'hidden' });
  });

  test('A text is stored in NFC, without spaces at its ends', () => {
    expect(readableText('  Ana Anić \n'.normalize('NFD'))).toEqual({ ok: true, text: 'Ana Anić' });
  });
});

test('A hostile text of the largest size is read in a moment', () => {
  const started = performance.now();
  for (const part of ['👩\u200d', 'क्', 'ب\u064b', '\u064b', '\u094d', ' ', 'a ', '\u200c', '🏴\u{E0067}']) {
    readableText(part.repeat(8_000));
    readableText(`ب${part.repeat(8_000)}a`);
  }
  expect(performance.now() - started).toBeLessThan(1_500);
});
