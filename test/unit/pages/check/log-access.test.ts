// How the check of a receipt reads a file of the log: what there is, that there is none, and every other answer.
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { BrokenLog } from '../../../../src/pages/public/check/find-receipt.ts';
import type { LogAccess } from '../../../../src/pages/public/check/find-receipt.ts';

/** The types of tests have no browser. */
const source = join(import.meta.dirname, '../../../../src/pages/public/check/log-access.ts');
const { logAccess } = (await import(source)) as { logAccess(origin: string): LogAccess };

/** As in the source, in bytes. */
const fileBytesMax = 32_000_000;

afterEach(() => vi.unstubAllGlobals());

const read = (answer: Response): Promise<Uint8Array | null> => {
  vi.stubGlobal('fetch', () => Promise.resolve(answer));
  return logAccess('').read('closing.json');
};

test('A file is read whole, in as many parts as it comes, and one that is not there is null', async () => {
  const parts = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of [[1, 2], [], [3]]) controller.enqueue(Uint8Array.from(part));
      controller.close();
    },
  });
  expect(await read(new Response(parts))).toEqual(Uint8Array.of(1, 2, 3));
  expect(await read(new Response('{"code":"results-not-published"}', { status: 404 }))).toBeNull();
});

test.each([429, 500, 502, 503])('An answer with status %i says nothing about the file', async (status) => {
  await expect(read(new Response('busy', { status }))).rejects.toThrow(String(status));
});

test('A file that is longer than any may be is not read to its end', async () => {
  const part = new Uint8Array(1_000_000);
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += part.length;
      controller.enqueue(part);
    },
  });
  await expect(read(new Response(endless))).rejects.toThrow(BrokenLog);
  expect(pulled).toBeLessThan(fileBytesMax + 5 * part.length);
  const exact = new Uint8Array(fileBytesMax);
  expect((await read(new Response(exact)))?.length).toBe(fileBytesMax);
  await expect(read(new Response(new Uint8Array(fileBytesMax + 1)))).rejects.toThrow(BrokenLog);
});
