// Folded keys: every name is found again for its time, in hashes that are evenly full at the promised rate.
import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { createFold } from '../../../src/protocol/folded-keys.ts';
import {
  senderOf,
  senderValue,
  storedTextOf,
  textValue,
  textEvent,
  textEvents,
  textMessage,
} from '../../../src/protocol/verification-events.ts';
import { messageCharactersMax } from '../../../src/services/api/waiting/text-events.ts';

const newName = (): string => randomBytes(32).toString('base64url');
const fold = createFold({ prefix: 'x:', slotSeconds: 60, keptSeconds: 120, fieldsPerSlot: 64_000 });

test('A name is found in one of its hashes for at least its time, at any moment', () => {
  for (let n = 0; n < 1_000; n += 1) {
    const name = newName();
    const writtenMs = Math.floor(Math.random() * 1e12);
    const [key = ''] = fold.keysOf(name, writtenMs);
    const readMs = writtenMs + Math.random() * 120_000;
    expect(fold.keysOf(name, readMs)).toContain(key);
    expect(fold.keysOf(name, writtenMs + fold.secondsMax * 1_000)).not.toContain(key);
  }
});

test('Hashes are evenly full at the promised rate, and hold few enough fields to be stored compactly', () => {
  const counts = new Map<string, number>();
  const fields = new Set<string>();
  for (let n = 0; n < 64_000; n += 1) {
    const name = newName();
    const [key = ''] = fold.keysOf(name, 0);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    fields.add(fold.fieldOf(name));
  }
  expect(counts.size).toBe(1_000);
  expect(Math.max(...counts.values())).toBeLessThanOrEqual(128);
  expect(fields.size).toBe(64_000);
});

test('A stored text and a stored sender are read as they were, and anything else is none', () => {
  const phoneKey = 'C'.repeat(42) + 'A';
  const codeTag = 'A'.repeat(43);
  const verifiedAtMs = 1_796_000_040_000;
  const attestation = { method: 'text-in' as const, binding: codeTag, verifiedAtMs, mac: 'B'.repeat(42) + 'A' };
  const text = { phoneKey, attestation, check: 'D'.repeat(11) };
  const value = textValue(text);
  expect(value.length).toBeLessThanOrEqual(64);
  expect(storedTextOf(phoneKey, codeTag, value)).toEqual(text);
  const stored = senderValue(['C'.repeat(43)], attestation.verifiedAtMs);
  expect(senderOf(stored)).toEqual({ phones: ['C'.repeat(11)], atMs: attestation.verifiedAtMs });
  // A phone has a name under each key of its ring.
  const two = senderValue(['C'.repeat(43), 'D'.repeat(43)], attestation.verifiedAtMs);
  expect(senderOf(two)?.phones).toEqual(['C'.repeat(11), 'D'.repeat(11)]);
  for (const wrong of ['', '.', 'x', `${value}.x`, `-1.${attestation.mac}`, `zz zz.${attestation.mac}`, '{"a":1}']) {
    expect(senderOf(wrong)).toBeNull();
    if (wrong !== `${value}.x`) expect(storedTextOf(phoneKey, codeTag, wrong)).toBeNull();
  }
  expect(senderOf(null)).toBeNull();
  expect(storedTextOf(phoneKey, codeTag, null)).toBeNull();
});

test('A message has one text under eight names of its phone at most, and under one as before', () => {
  const attestation = {
    method: 'text-in' as const,
    binding: 'A'.repeat(43),
    verifiedAtMs: 1_796_000_040_000,
    mac: 'B'.repeat(42) + 'A',
  };
  const event = { phoneKey: 'C'.repeat(42) + 'A', attestation, check: 'D'.repeat(11) };
  const read = (count: number) => textEvents.safeParse(JSON.parse(textMessage(Array(count).fill(event)))).data?.length;
  expect([1, 2, 8, 9].map(read)).toEqual([1, 2, 8, undefined]);
  expect(textEvent.parse(JSON.parse(textMessage([event])))).toEqual(event);
  expect(textMessage(Array(8).fill(event)).length).toBeLessThan(messageCharactersMax);
});

test('A text that is not there is found absent without the work of its schema', () => {
  const [phoneKey, codeTag, mac] = ['A', 'B', 'C'].map((sign) => sign.repeat(42) + 'A') as [string, string, string];
  const value = textValue({
    phoneKey,
    attestation: { method: 'text-in', binding: codeTag, verifiedAtMs: 1_796_000_040_000, mac },
    check: 'D'.repeat(11),
  });
  const safeParse = vi.spyOn(textEvent, 'safeParse');
  try {
    expect(storedTextOf(phoneKey, codeTag, value)).not.toBeNull();
    expect(safeParse).toHaveBeenCalledTimes(1);
    for (const absent of [null, '', 'x']) expect(storedTextOf(phoneKey, codeTag, absent)).toBeNull();
    expect(safeParse).toHaveBeenCalledTimes(1);
  } finally {
    safeParse.mockRestore();
  }
});
