// Sealed tokens: the exact header, the two kinds that are never taken for one another, the hours, the ring, and ten
// thousand ways to spoil one.
import { randomBytes, randomInt } from 'node:crypto';
import { CompactEncrypt, EncryptJWT, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newRing } from '../../../src/platform/keys/new-keys.ts';
import { createSealedTokens, tokenCharactersMax } from '../../../src/platform/keys/sealed-tokens.ts';
import type { KeyRing } from '../../../src/protocol/key-files.ts';
import { tokenKinds } from '../../../src/protocol/tokens.ts';

const claims = z.object({ sid: z.string(), note: z.string().optional() });
const start = Date.parse('2026-03-01T10:20:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Tokens of a ring, and a clock that the test sets. */
function tokensOf(ring: KeyRing = newRing(), kind: (typeof tokenKinds)[keyof typeof tokenKinds] = tokenKinds.pending) {
  const clock = { now: start };
  const tokens = createSealedTokens({ ring, kind, claims, secondsMax: 900, clock: () => clock.now });
  return { ...tokens, clock, ring };
}

const headerOf = (kid: string, typ: string = tokenKinds.pending.typ): string =>
  Buffer.from(`{"alg":"dir","enc":"A256GCM","kid":"${kid}","typ":"${typ}"}`).toString('base64url');

describe('A token', () => {
  test('A token gives back what was sealed, and only what its schema names', async () => {
    const { seal, open, clock } = tokensOf();
    const token = await seal({ sid: 'one' }, clock.now + minuteMs);
    expect(await open(token)).toEqual({ sid: 'one' });
  });

  test('A token has exactly the expected header, as jose writes it', async () => {
    const { seal, clock } = tokensOf([{ kid: 'golden', key: randomBytes(32).toString('base64url') }]);
    const token = await seal({ sid: 'one' }, clock.now + minuteMs);
    const hour = Math.floor(start / hourMs);
    expect(hour).toBe(492_322);
    expect(token.split('.')[0]).toBe(headerOf(`golden.${hour}`));
    expect(token.split('.')[0]).toBe(
      'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiZ29sZGVuLjQ5MjMyMiIsInR5cCI6InBvcHZvdGUtcGVuZGluZytqd2UifQ',
    );
    expect(Object.keys(decodeProtectedHeader(token))).toEqual(['alg', 'enc', 'kid', 'typ']);
  });

  test('A token hides its content', async () => {
    const { seal, clock } = tokensOf();
    const token = await seal({ sid: 'canary-canary-canary' }, clock.now + minuteMs);
    const decoded = token.split('.').map((segment) => Buffer.from(segment, 'base64url').toString('latin1'));
    expect(decoded.join()).not.toContain('canary');
  });

  test('A token is never sealed twice to the same text', async () => {
    const { seal, clock } = tokensOf();
    const texts = await Promise.all(Array.from({ length: 200 }, () => seal({ sid: 'one' }, clock.now + minuteMs)));
    expect(new Set(texts).size).toBe(200);
  });

  test('A token expires at its second', async () => {
    const { seal, open, clock } = tokensOf();
    const token = await seal({ sid: 'one' }, clock.now + minuteMs);
    clock.now = start + minuteMs - 1_000;
    expect(await open(token)).toEqual({ sid: 'one' });
    clock.now = start + minuteMs;
    expect(await open(token)).toBeNull();
  });

  test('A token is rejected where its claims are not of the form', async () => {
    const ring = newRing();
    const { open, clock } = tokensOf(ring);
    const foreign = createSealedTokens({
      ring,
      kind: tokenKinds.pending,
      claims: z.object({ other: z.number() }),
      secondsMax: 900,
      clock: () => clock.now,
    });
    expect(await open(await foreign.seal({ other: 1 }, clock.now + minuteMs))).toBeNull();
  });
});

describe('A token of one kind', () => {
  const ring = newRing();
  const kinds = Object.keys(tokenKinds) as (keyof typeof tokenKinds)[];
  test.each(kinds.flatMap((from) => kinds.map((to) => [from, to] as const)))(
    'A token of one kind does not pass as another: %s, used as %s',
    async (from, to) => {
      const token = await tokensOf(ring, tokenKinds[from]).seal({ sid: 'one' }, start + minuteMs);
      const opened = await tokensOf(ring, tokenKinds[to]).open(token);
      expect(opened).toEqual(from === to ? { sid: 'one' } : null);
    },
  );

  test('A token does not become another kind by exchanging headers', async () => {
    const token = await tokensOf(ring, tokenKinds.pending).seal({ sid: 'one' }, start + minuteMs);
    const verified = await tokensOf(ring, tokenKinds.verified).seal({ sid: 'two' }, start + minuteMs);
    const grafted = [verified.split('.')[0], ...token.split('.').slice(1)].join('.');
    expect(await tokensOf(ring, tokenKinds.verified).open(grafted)).toBeNull();
  });
});

describe('The ring', () => {
  const older = newRing()[0]!;
  const newer = newRing()[0]!;

  test('The ring seals with its newest key and opens with all', async () => {
    const before = await tokensOf([older]).seal({ sid: 'before' }, start + minuteMs);
    const rotated = tokensOf([newer, older]);
    const after = await rotated.seal({ sid: 'after' }, start + minuteMs);
    expect(decodeProtectedHeader(after).kid).toMatch(new RegExp(`^${newer.kid}\\.`));
    expect(await rotated.open(before)).toEqual({ sid: 'before' });
    expect(await rotated.open(after)).toEqual({ sid: 'after' });
    // A process that has the new key but does not seal with it yet.
    expect(await tokensOf([older, newer]).open(after)).toEqual({ sid: 'after' });
  });

  test('The ring opens nothing of a key that was dropped', async () => {
    const token = await tokensOf([older]).seal({ sid: 'before' }, start + minuteMs);
    expect(await tokensOf([newer]).open(token)).toBeNull();
  });

  test('The ring opens nothing of another key of the same name', async () => {
    const token = await tokensOf([older]).seal({ sid: 'before' }, start + minuteMs);
    expect(await tokensOf([{ kid: older.kid, key: newer.key }]).open(token)).toBeNull();
  });

  test('The ring seals nothing when it is empty', () => {
    expect(() => tokensOf([]).seal({ sid: 'one' }, start)).toThrow('empty');
  });
});

describe('The hour of a key', () => {
  /** Seals at one moment and opens at another, with an end far beyond both, so that only the hour decides. */
  async function opens(sealedAt: string, openedAt: string): Promise<boolean> {
    const { seal, open, clock } = tokensOf();
    clock.now = Date.parse(sealedAt);
    const token = await seal({ sid: 'one' }, clock.now + 100 * 24 * hourMs);
    clock.now = Date.parse(openedAt);
    return (await open(token)) !== null;
  }

  test.each([
    ['an hour that ended five minutes ago', '2026-03-01T10:59:59Z', '2026-03-01T11:05:00Z', true],
    ['midnight in between', '2026-02-28T23:59:59Z', '2026-03-01T00:00:01Z', true],
    ['the next hour, of a process whose clock is ahead', '2026-03-01T11:00:01Z', '2026-03-01T10:59:00Z', true],
    ['the hour after the next', '2026-03-01T12:00:00Z', '2026-03-01T10:59:59Z', false],
    ['an hour older than any living token', '2026-03-01T10:00:00Z', '2026-03-01T13:00:00Z', false],
    ['a year ago', '2025-03-01T10:00:00Z', '2026-03-01T10:00:00Z', false],
  ])('The hour of a key is read: %s', async (_name, sealedAt, openedAt, expected) => {
    expect(await opens(sealedAt, openedAt)).toBe(expected);
  });

  test('The hour of a key has one spelling only', async () => {
    const { seal, open, clock, ring } = tokensOf();
    const [, ...rest] = (await seal({ sid: 'one' }, clock.now + minuteMs)).split('.');
    const kid = ring[0]?.kid ?? '';
    const hour = Math.floor(start / hourMs);
    for (const text of [`${kid}.0${hour}`, `${kid}.${hour}.0`, `${kid}.+${hour}`, kid, `.${hour}`]) {
      expect(await open([headerOf(text), ...rest].join('.'))).toBeNull();
    }
  });
});

describe('A spoiled token', () => {
  test('A spoiled token never opens, and costs little', async () => {
    const { seal, open, clock } = tokensOf();
    const token = await seal({ sid: 'one', note: 'n' }, clock.now + minuteMs);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\0é';
    const segments = token.split('.');
    const spoilers: ((at: number) => string)[] = [
      (at) => token.slice(0, at) + alphabet.charAt(randomInt(alphabet.length)) + token.slice(at + 1),
      (at) => token.slice(0, at) + token.slice(at + 1),
      (at) => token.slice(0, at) + alphabet.charAt(randomInt(alphabet.length)) + token.slice(at),
      (at) => token.slice(0, at),
      (at) => segments.filter((_segment, index) => index !== at % 5).join('.'),
      (at) => [...segments.slice(at % 5), ...segments.slice(0, at % 5)].join('.'),
      (at) => [...segments, segments[at % 5]].join('.'),
      (at) => segments.map((segment, index) => (index === at % 5 ? '' : segment)).join('.'),
    ];
    const opened: string[] = [];
    let attempts = 0;
    const started = performance.now();
    while (attempts < 10_000) {
      const spoiled = spoilers[attempts % spoilers.length]?.(randomInt(token.length)) ?? '';
      if (spoiled === token) continue;
      attempts += 1;
      if ((await open(spoiled)) !== null) opened.push(spoiled);
    }
    expect(opened).toEqual([]);
    // 0.5 ms each is far above the usual time, and low enough under a flood of requests.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('A spoiled token has no second spelling in its last characters', async () => {
    const { seal, open, clock } = tokensOf();
    // Notes of three lengths, so that the ciphertext ends on each kind of last character.
    for (const note of ['', 'x', 'xx']) {
      const token = await seal({ sid: 'one', note }, clock.now + minuteMs);
      expect(await open(token)).not.toBeNull();
      for (const end of [token.length, token.lastIndexOf('.')]) {
        for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
          const respelt = token.slice(0, end - 1) + last + token.slice(end);
          if (respelt !== token) expect(await open(respelt)).toBeNull();
        }
      }
      for (const respelt of [`${token}=`, ` ${token}`, `${token}\n`, token.replaceAll('-', '+').replaceAll('_', '/')]) {
        if (respelt !== token) expect(await open(respelt)).toBeNull();
      }
    }
  });

  test('A spoiled token is rejected by its length before it is read', async () => {
    const { open } = tokensOf();
    const started = performance.now();
    for (const length of [tokenCharactersMax + 1, 10_000_000]) {
      expect(await open('a'.repeat(length))).toBeNull();
      expect(await open('.'.repeat(length))).toBeNull();
    }
    expect(await open(`${headerOf('x.1')}.${'.'.repeat(3_000)}`)).toBeNull();
    expect(await open('')).toBeNull();
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('A token of another algorithm', () => {
  const secret = randomBytes(32);
  const { open, ring } = tokensOf();
  const kid = `${ring[0]?.kid ?? ''}.${Math.floor(start / hourMs)}`;
  const { typ, audience } = tokenKinds.pending;
  const jwt = () => new EncryptJWT({ sid: 'one' }).setAudience(audience).setExpirationTime(start / 1_000 + 60);

  test.each([
    [
      'dir with A128CBC-HS256',
      () => jwt().setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256', kid, typ }).encrypt(secret),
    ],
    ['A256KW', () => jwt().setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', kid, typ }).encrypt(secret)],
    [
      'a password (PBES2) of a million rounds',
      () =>
        new CompactEncrypt(Buffer.from('{}'))
          .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', kid, typ })
          .setKeyManagementParameters({ p2c: 2_000 })
          .encrypt(secret),
    ],
    [
      'the right algorithms in another order',
      () => jwt().setProtectedHeader({ enc: 'A256GCM', alg: 'dir', kid, typ }).encrypt(secret),
    ],
    [
      'a header with one member more',
      () => jwt().setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, typ, cty: 'JWT' }).encrypt(secret),
    ],
  ])('A token of another algorithm is rejected: %s', async (_name, make) => {
    expect(await open(await make())).toBeNull();
  });

  test.each([
    ['zip', { zip: 'DEF' }],
    ['p2c', { p2c: 2_147_483_647, p2s: 'AAAA' }],
    ['jku', { jku: 'https://attacker.invalid/keys' }],
    ['crit', { crit: ['exp'] }],
    ['alg none', { alg: 'none' }],
  ])('A token with another header is rejected: %s', async (_name, extra) => {
    const { seal } = tokensOf(ring);
    const [, ...rest] = (await seal({ sid: 'one' }, start + minuteMs)).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, typ, ...extra })).toString(
      'base64url',
    );
    const started = performance.now();
    expect(await open([header, ...rest].join('.'))).toBeNull();
    expect(performance.now() - started).toBeLessThan(50);
  });
});
