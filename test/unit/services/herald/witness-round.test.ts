// Asking the witnesses: whom, from which size, and when again.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noteKeyTypes } from '../../../../src/domain/record/note.ts';
import type { NoteKey } from '../../../../src/domain/record/note.ts';
import { cosign } from '../../../../src/domain/record/signed-checkpoint.ts';
import type { SignedCheckpoint } from '../../../../src/domain/record/signed-checkpoint.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { byteSigner, publicKeyBytes } from '../../../../src/platform/keys/byte-signatures.ts';
import { newSigningJwk } from '../../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../../src/platform/keys/signatures.ts';
import type { AskWitness, WitnessOutcome } from '../../../../src/services/herald/witness-calls.ts';
import { createWitnessRounds } from '../../../../src/services/herald/witness-round.ts';

const witnessKey = signingKey(newSigningJwk('witness')).key;
const key: NoteKey = { name: 'w1.example.net', type: noteKeyTypes.cosignature, publicKey: publicKeyBytes(witnessKey) };
const witness = { key, keyText: 'w1.example.net+key', url: 'http://w1.example.net' };
const nowMs = 1_000;
const hourSeconds = 3_600;
const signedOf = (size: number) => ({
  checkpoint: { origin: 'o', size, root: sha256(Buffer.from(String(size))) },
  note: { text: `o\n${size}\nroot\n`, signatures: [] },
});
const lineOf = (text: string, seconds: number) =>
  cosign({ hash: sha256, sign: byteSigner(witnessKey), key }, text, seconds);
const cosignedBy = (text: string): WitnessOutcome => ({ outcome: 'cosigned', line: lineOf(text, 1) });

let sizes: number[];
let answers: ((oldSize: number, text: string) => WitnessOutcome)[];
const start = () => {
  const ask: AskWitness = (_witness, { oldSize, text }) => {
    sizes.push(oldSize);
    return Promise.resolve((answers.shift() ?? failed)(oldSize, text));
  };
  const rounds = createWitnessRounds(ask, () => nowMs);
  const collectLines = (size: number, published: SignedCheckpoint | null) => {
    const question = { signed: signedOf(size), note: 'note', published };
    return rounds.collect([witness], question, () => Promise.resolve([]));
  };
  const collect = async (size: number): Promise<number> => (await collectLines(size, null)).length;
  return { ...rounds, collect, collectLines };
};
const failed = (): WitnessOutcome => ({ outcome: 'failed', reason: 'no answer' });
const cosigns = (_oldSize: number, text: string): WitnessOutcome => cosignedBy(text);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  sizes = [];
  answers = [];
});
afterEach(() => vi.useRealTimers());

describe('A witness', () => {
  test('It is asked from the size that it cosigned last, and after a conflict from the one that it names', async () => {
    const rounds = start();
    answers = [cosigns, () => ({ outcome: 'other-size', size: 15 }), cosigns];
    expect(await rounds.collect(10)).toBe(1);
    expect(await rounds.collect(10)).toBe(1);
    expect(await rounds.collect(20)).toBe(1);
    expect(sizes).toEqual([0, 10, 15]);
    expect(rounds.troubles().size).toBe(0);
  });

  test('A witness that fails is asked again after a pause that doubles, up to a minute', async () => {
    const rounds = start();
    const pauses: number[] = [];
    for (let asks = 1; asks <= 6; asks += 1) {
      let waited = 0;
      while (sizes.length < asks) {
        await rounds.collect(10);
        if (sizes.length === asks) break;
        vi.advanceTimersByTime(1_000);
        waited += 1;
      }
      pauses.push(waited);
    }
    expect(pauses).toEqual([0, 5, 10, 20, 40, 60]);
    expect([...rounds.troubles()]).toEqual([['w1.example.net+key', 'no answer']]);
  });

  test('A witness that knows a larger or another tree contradicts only by the other tree', async () => {
    const rounds = start();
    answers = [() => ({ outcome: 'other-size', size: 30 })];
    expect(await rounds.collect(10)).toBe(0);
    expect([...rounds.troubles().values()]).toEqual(['cosigned a tree of 30']);
    expect(rounds.contradicted()).toBe(false);
    vi.advanceTimersByTime(60_000);
    answers = [() => ({ outcome: 'contradiction' })];
    await rounds.collect(10);
    expect(rounds.contradicted()).toBe(true);
  });

  test.each([
    ['an hour ahead is kept', 1, 0],
    ['further ahead is asked for again', 2, 1],
  ])('A published cosignature that is dated %s', async (_, ahead, asks) => {
    const rounds = start();
    answers = [cosigns];
    const signed = signedOf(10);
    const { text } = signed.note;
    const published = { ...signed, note: { text, signatures: [lineOf(text, ahead + hourSeconds)] } };
    const lines = await rounds.collectLines(10, published);
    expect(sizes).toHaveLength(asks);
    expect(lines).toEqual([asks === 0 ? published.note.signatures[0] : lineOf(text, 1)]);
  });
});
