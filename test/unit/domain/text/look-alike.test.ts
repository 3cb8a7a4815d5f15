// Titles that look the same, by the skeletons of UTS #39.
import { describe, expect, test } from 'vitest';
import { confusablesVersion } from '../../../../src/domain/text/confusables-table.ts';
import { lookAlikeKeys, skeleton } from '../../../../src/domain/text/look-alike.ts';
import { everyCharacter } from '../../../support/code-points.ts';

const looksLike = (one: string, other: string): boolean =>
  lookAlikeKeys(one).some((key) => lookAlikeKeys(other).includes(key));

describe('Titles that look the same', () => {
  test.each([
    ['River Party', 'R\u0456ver Party'],
    ['River Party', 'River\u00a0Party'],
    ['River Party', 'River  Party'],
    ['River Party', 'RIVER PARTY'],
    ['River Party', 'Ｒｉｖｅｒ Party'],
    ['River Party', '𝐑𝐢𝐯𝐞𝐫 Party'],
    ['River Party', 'Riv\u0435r Party'],
    ['River Party', 'River\u200b Party'],
    ['CAPA', 'САРА'],
    ['Motion 1', 'Motion l'],
    ['Motion 10', 'Motion 1O'],
    ['A–B', 'A‒B'],
    ['رود', 'ر\u200cود'],
    ['葛城', '葛\u{E0100}城'],
    ['paypal', 'раураl'],
    ['modern', 'rnodern'],
  ])('The titles %j and %j look the same', (one, other) => {
    expect(looksLike(one, other)).toBe(true);
  });

  test.each([
    ['River Party', 'River Part'],
    ['Yes', 'No'],
    ['Против', 'За'],
    ['贊成', '反對'],
    ['Motion 1', 'Motion 2'],
    ['Čar', 'Car'],
  ])('The titles %j and %j look different', (one, other) => {
    expect(looksLike(one, other)).toBe(false);
  });
});

describe('The skeletons of UTS #39', () => {
  // Without the large scripts of East Asia, of which few look alike.
  const characters = everyCharacter(
    /(?![\p{Script=Han}\p{Script=Hangul}\p{Script=Tangut}\p{Script=Egyptian_Hieroglyphs}])[\p{L}\p{N}\p{P}\p{S}\p{Z}]/u,
  );

  test('The examples of the standard hold', () => {
    expect(skeleton('paypal')).toBe(skeleton('раураl'));
    expect(skeleton('scope')).toBe(skeleton('ѕсоре'));
    expect(skeleton('ǉeto')).toBe(skeleton('ljeto'));
  });

  test('The table is complete and of one version', () => {
    expect(confusablesVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(characters.filter((one) => skeleton(one) !== one.normalize('NFD')).length).toBeGreaterThan(4_500);
  });

  test('A skeleton of a skeleton is itself, for every character', () => {
    expect(characters.filter((one) => skeleton(skeleton(one)) !== skeleton(one))).toEqual([]);
  });
});
