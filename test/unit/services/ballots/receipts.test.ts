// Receipts: a pure function of the cast, verifiable by anyone with what docs/receipts.md says and nothing else.
import { spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { electionLogAt } from '../../../../src/domain/record/election-log.ts';
import { encodeEntry } from '../../../../src/domain/record/entry.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { entryOfCast, loggedReceiptOf } from '../../../../src/services/ballots/entries.ts';
import { derive, leafOf, receiptOf } from '../../../../src/services/ballots/derive.ts';
import { canonicalBallotText, judgeBallot } from '../../../../src/domain/ballot.ts';
import type { Contest } from '../../../../src/domain/election.ts';
import { hashKey } from '../../../../src/platform/keys/keyed-hash.ts';
import { newKeyFiles, newSecret } from '../../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../../src/platform/keys/signatures.ts';
import { receipt as receiptSchema } from '../../../../src/protocol/public-api.ts';

const secrets = {
  identity: Buffer.alloc(32, 1).toString('base64url'),
  receipt: Buffer.alloc(32, 2).toString('base64url'),
};
const keys = { identity: hashKey(secrets.identity), receipt: hashKey(secrets.receipt) };
const files = newKeyFiles();
const signer = signingKey(files.ballots.receipts);
const bytes32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const cast = fc.record({
  identity: bytes32,
  phoneKey: bytes32,
  ballotKey: bytes32,
  text: fc.string({ unit: 'grapheme' }),
  sid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
});

/** The blocks of code of docs/receipts.md. */
function documented(): string[] {
  const text = readFileSync(new URL('../../../../docs/receipts.md', import.meta.url), 'utf8');
  return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
}

describe('The derivation of a receipt', () => {
  test('The same cast gives the same bytes; any changed part gives others', () => {
    fc.assert(
      fc.property(
        id,
        cast,
        fc.constantFrom('identity', 'ballotKey', 'text', 'sid'),
        bytes32,
        (electionId, input, part, other) => {
          const one = derive(keys, electionId, input);
          expect(derive(keys, electionId, { ...input })).toEqual(one);
          expect(receiptOf(signer, electionId, one.leaf)).toEqual(receiptOf(signer, electionId, one.leaf));
          const changed = derive(keys, electionId, { ...input, [part]: other });
          fc.pre(input[part] !== other);
          expect(changed.attempt).not.toEqual(one.attempt);
          expect(changed.tracker).not.toEqual(one.tracker);
          expect(changed.leaf).not.toEqual(one.leaf);
          // The phone decides nothing of the attempt: a retry may come from a session of another phone.
          const moved = derive(keys, electionId, { ...input, phoneKey: other });
          expect(moved.attempt).toEqual(one.attempt);
        },
      ),
    );
  });

  test('One person has other tags in another election and under other keys', () => {
    fc.assert(
      fc.property(id, id, cast, (one, other, input) => {
        fc.pre(one !== other);
        const tags = [derive(keys, one, input), derive(keys, other, input)];
        tags.push(derive({ identity: hashKey(newSecret()), receipt: keys.receipt }, one, input));
        for (const tag of ['voter', 'phone', 'attempt', 'tracker'] as const) {
          expect(new Set(tags.map((derived) => derived[tag].toString('hex'))).size).toBe(3);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('No two values of one cast are equal', () => {
    fc.assert(
      fc.property(id, cast, (electionId, input) => {
        const derived = derive(keys, electionId, { ...input, identity: input.phoneKey });
        expect(new Set(Object.values(derived).map((value) => value.toString('hex'))).size).toBe(5);
      }),
    );
  });

  test('The derivation follows docs/receipts.md to the byte', () => {
    const input = {
      identity: 'A'.repeat(43),
      phoneKey: 'B'.repeat(42) + 'A',
      ballotKey: 'C'.repeat(42) + 'A',
      text: '{"contests":[]}',
      sid: 'D'.repeat(21) + 'A',
    };
    const hmac = (secret: string, ...parts: (string | Buffer)[]): Buffer => {
      const mac = createHmac('sha256', Buffer.from(secret, 'base64url'));
      for (const part of parts) mac.update(part);
      return mac.digest();
    };
    const sha256 = (...parts: (string | Buffer)[]): Buffer => {
      const hash = createHash('sha256');
      for (const part of parts) hash.update(part);
      return hash.digest();
    };
    const voter = hmac(secrets.identity, `popvote/voter/v1|e-1|${input.identity}`);
    const ballotKey = Buffer.from(input.ballotKey, 'base64url');
    const sid = Buffer.from(input.sid, 'base64url');
    const s = hmac(secrets.receipt, 'popvote/s/v2|e-1|', voter, ballotKey, sha256(input.text), sid);
    const tracker = sha256('popvote/tracker/v1\0', s);
    const expected = {
      voter,
      phone: hmac(secrets.identity, `popvote/phone-tag/v1|e-1|${input.phoneKey}`),
      attempt: sha256('popvote/attempt/v1\0', s),
      tracker,
      leaf: sha256(Buffer.from([0, 1, 3]), 'e-1', tracker, sha256(input.text)),
    };
    expect(derive(keys, 'e-1', input)).toEqual(expected);
    // A value fixed for ever: receipts that voters keep depend on it.
    expect(expected.leaf.toString('base64url')).toBe('IqZcQqKgTIFAgixW7a4Dsm9SecXAhuGTrStESXOxNSU');
  });
});

describe('A receipt', () => {
  test('A receipt has the form of the protocol, and verifies with the program of the documentation', () => {
    const leaf = randomBytes(32);
    const receipt = receiptOf(signer, 'e-1', leaf);
    expect(receiptSchema.parse(receipt)).toEqual(receipt);
    const folder = mkdtempSync(join(tmpdir(), 'popvote-receipt-'));
    const run = (input: object): number | null => {
      writeFileSync(join(folder, 'verify.mjs'), documented()[0]!);
      writeFileSync(join(folder, 'receipt.json'), JSON.stringify(input));
      writeFileSync(join(folder, 'keys.json'), JSON.stringify(files.public));
      return spawnSync(process.execPath, ['verify.mjs', 'receipt.json', 'keys.json'], { cwd: folder }).status;
    };
    expect(run(receipt)).toBe(0);
    expect(run({ ...receipt, leaf: randomBytes(32).toString('base64url') })).toBe(1);
    expect(run({ ...receipt, kid: 'other' })).toBe(1);
    rmSync(folder, { recursive: true });
  });

  test('The leaf is computed from the box as the documentation says', async () => {
    const module = `data:text/javascript,${encodeURIComponent(documented()[2]!)}`;
    const documentedLeaf = ((await import(module)) as { leafOf: (...parts: unknown[]) => Buffer }).leafOf;
    const tracker = randomBytes(32);
    const text = '{"contests":[{"choices":["是"],"contestId":"motion"}]}';
    expect(documentedLeaf('e-1', tracker, text)).toEqual(
      leafOf('e-1', tracker, createHash('sha256').update(text).digest()),
    );
  });
});

describe('A receipt of an election with a public log', () => {
  const log = electionLogAt(sha256, `vote.example.org/log/e-1/${Buffer.alloc(32, 5).toString('base64url')}`)!;
  const signed = { log, signer };
  const ofCast = {
    ballotKey: Buffer.alloc(32, 3).toString('base64url'),
    tracker: Buffer.alloc(32, 4),
    text: '{"a":1}',
  };
  const entry = entryOfCast(signed, ofCast);
  const receipt = loggedReceiptOf(signed, 'e-1', entry);

  test('The same cast gives the same receipt, which verifies with the program of the documentation', () => {
    expect(receiptSchema.parse(receipt)).toEqual(receipt);
    expect(loggedReceiptOf(signed, 'e-1', entryOfCast(signed, { ...ofCast }))).toEqual(receipt);
    const folder = mkdtempSync(join(tmpdir(), 'popvote-receipt-'));
    const run = (input: object): number | null => {
      writeFileSync(join(folder, 'verify.mjs'), documented()[0]!);
      writeFileSync(join(folder, 'receipt.json'), JSON.stringify(input));
      writeFileSync(join(folder, 'keys.json'), JSON.stringify(files.public));
      return spawnSync(process.execPath, ['verify.mjs', 'receipt.json', 'keys.json'], { cwd: folder }).status;
    };
    expect(run(receipt)).toBe(0);
    const other = randomBytes(32).toString('base64url');
    for (const change of [{ origin: `${receipt.origin}x` }, { castTag: other }, { content: other }, { kind: 1 }]) {
      expect(run({ ...receipt, ...change })).toBe(1);
    }
    rmSync(folder, { recursive: true });
  });

  test('The content is computed from the box as the documentation says', async () => {
    const module = `data:text/javascript,${encodeURIComponent(documented()[1]!)}`;
    const { contentOf } = (await import(module)) as { contentOf: (...parts: unknown[]) => Buffer };
    const content = contentOf(Buffer.from(log.manifestHash), ofCast.tracker, ofCast.text);
    expect(content.toString('base64url')).toBe(receipt.content);
  });

  test('Another log, ballot, tracker or ballot key gives another entry', () => {
    const other = electionLogAt(sha256, `vote.example.org/log/e-1/${Buffer.alloc(32, 6).toString('base64url')}`)!;
    const entries = [
      entry,
      entryOfCast({ log: other, signer }, ofCast),
      entryOfCast(signed, { ...ofCast, text: '{"a":2}' }),
      entryOfCast(signed, { ...ofCast, tracker: Buffer.alloc(32, 9) }),
      entryOfCast(signed, { ...ofCast, ballotKey: newSecret() }),
    ].map((each) => Buffer.from(encodeEntry(each)).toString('hex'));
    expect(new Set(entries).size).toBe(entries.length);
  });
});

describe('The canonical ballot', () => {
  const options = fc
    .uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 2, maxLength: 6 })
    .map((ids) => ids.map((optionId, index) => ({ id: optionId, number: index + 1, title: { en: optionId } })));
  const contests = fc
    .uniqueArray(fc.record({ id: fc.stringMatching(/^[a-z]{1,6}$/), options }), {
      selector: ({ id: contestId }) => contestId,
      minLength: 1,
      maxLength: 4,
    })
    .map((all) =>
      all.map((contest): Contest => {
        const maxChoices = contest.options.length;
        return { ...contest, title: { en: '' }, method: 'approval', minChoices: 0, maxChoices, abstain: true };
      }),
    );
  test('The same choices in any order are the same bytes', () => {
    fc.assert(
      fc.property(contests, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (all, random) => {
        const shuffled = <Item>(items: readonly Item[]): Item[] =>
          items
            .map((item) => ({ item, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item);
        const answers = all.map(({ id: contestId, options: offered }) => ({
          contestId,
          choices: offered.filter(() => (random.next().value as number) > 0.5).map((option) => option.id),
        }));
        const texts = [answers, shuffled(answers)].map((variant) => {
          const verdict = judgeBallot(all, {
            contests: variant.map((one) => ({ ...one, choices: shuffled(one.choices) })),
          });
          return verdict.valid ? canonicalBallotText(verdict.ballot) : 'invalid';
        });
        expect(texts[0]).not.toBe('invalid');
        expect(texts[1]).toBe(texts[0]);
      }),
    );
  });
});
