// The orders of the panel's lists, the search in them, and deletes that are sent one after the other.
import { expect, test } from 'vitest';
import {
  byLargest,
  byLatest,
  bySoonest,
  byText,
  hasText,
  inOrder,
} from '../../../../src/pages/panel/parts/list-order.ts';
import { batchOrders, batchText } from '../../../../src/pages/panel/batches/batch-list.ts';
import { createSender } from '../../../../src/pages/panel/participants/one-by-one.ts';
import type { Batch } from '../../../../src/protocol/control/officials-api.ts';

type Row = { readonly name: string; readonly votes: number; readonly at: string | null };
const rows: readonly Row[] = [
  { name: 'Ward 10', votes: 5, at: '2026-11-30T10:00:00Z' },
  { name: 'ward 9', votes: 7, at: null },
  { name: 'Éva', votes: 5, at: '2026-11-30T11:00:00Z' },
];
const namesBy = (compare: ((a: Row, b: Row) => number) | null): string[] =>
  inOrder(rows, { value: 'x', name: 'X', compare }).map(({ name }) => name);

test('A list has the order that was chosen, and equal rows stay as the service sent them', () => {
  expect(namesBy(null)).toEqual(['Ward 10', 'ward 9', 'Éva']);
  expect(namesBy(byText(({ name }) => name))).toEqual(['Éva', 'ward 9', 'Ward 10']);
  expect(namesBy(byLargest(({ votes }) => votes))).toEqual(['ward 9', 'Ward 10', 'Éva']);
  expect(namesBy(byLatest(({ at }) => at))).toEqual(['Éva', 'Ward 10', 'ward 9']);
  expect(namesBy(bySoonest(({ at }) => at ?? '2026-12-31T00:00:00Z'))).toEqual(['Ward 10', 'Éva', 'ward 9']);
});

test('A search in a list ignores case and blanks around it', () => {
  expect(hasText('Ana Kos', ' ana ')).toBe(true);
  expect(hasText('Ana Kos', '')).toBe(true);
  expect(hasText('Ana Kos', 'bojan')).toBe(false);
});

test('A batch is found by its ID, its station and the people who sent and confirmed it', () => {
  const names = new Map([
    ['u1', 'Ana Kos'],
    ['u2', 'Bojan Reka'],
  ]);
  const confirmation = { by: 'u2', at: '2026-11-30T10:00:00Z' };
  const batch = { id: 'TDbHbzf6', station: 'ward-9', official: 'u1', confirmation: 'not-needed' } as const;
  const text = batchText(batch, (id) => names.get(id) ?? null);
  for (const searched of ['tdbh', 'WARD', 'kos']) expect(hasText(text, searched), searched).toBe(true);
  expect(hasText(text, 'reka')).toBe(false);
  expect(
    hasText(
      batchText({ ...batch, confirmation }, (id) => names.get(id) ?? null),
      'reka',
    ),
  ).toBe(true);
  expect(batchText({ ...batch, station: null }, () => null).trim()).toBe('TDbHbzf6');
});

test('Batches sorted by station have those of stations in the order of their numbers', () => {
  const order = batchOrders.find(({ value }) => value === 'station');
  const batches = ['ward-10', 'ward-9', null].map((station) => ({ station }) as Batch);
  expect(order && inOrder(batches, order).map(({ station }) => station)).toEqual([null, 'ward-9', 'ward-10']);
});

test('Deletes are sent one after the other, and a refused one stops none of the others', async () => {
  const log: string[] = [];
  const answers = new Map<string, (rejection: string | null) => void>();
  const sender = createSender<string>(
    (id) =>
      new Promise((resolve) => {
        log.push(id);
        answers.set(id, resolve);
      }),
  );
  const answersOf = ['a', 'b', 'c'].map((id) => sender.send(id));
  await expect.poll(() => log).toEqual(['a']);
  expect(sender.waiting()).toEqual(['a', 'b', 'c']);
  answers.get('a')?.('in use');
  await expect.poll(() => log).toEqual(['a', 'b']);
  answers.get('b')?.(null);
  await expect.poll(() => log).toEqual(['a', 'b', 'c']);
  answers.get('c')?.(null);
  expect(await Promise.all(answersOf)).toEqual([
    { refused: 'in use', last: false },
    { refused: null, last: false },
    { refused: null, last: true },
  ]);
});

test('Deletes that were not begun are handed over once when the page is left', async () => {
  const log: string[] = [];
  const sender = createSender<string>((id) => {
    log.push(id);
    return Promise.resolve(null);
  });
  const answersOf = ['a', 'b', 'c'].map((id) => sender.send(id));
  await Promise.resolve();
  expect(log).toEqual(['a']);
  expect(sender.takeWaiting()).toEqual(['b', 'c']);
  expect(sender.takeWaiting()).toEqual([]);
  await Promise.all(answersOf);
  expect(log).toEqual(['a']);
});
