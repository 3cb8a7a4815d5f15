// An uploaded file at its bound: a form and a plain body give the reader the same bytes, so that both get its answer.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createTableReader } from '../../../../src/domain/tables/table-reader.ts';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { acceptFiles, uploadedFile } from '../../../../src/platform/http/uploaded-file.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createLogProbe } from '../../../support/log.ts';

const bytesMax = 100;
const { app } = await createHttp({
  logger: createLogProbe('officials').logger,
  metrics: createMetrics('officials'),
  checks: [],
  version: { version: '1', node: '20' },
  shedAtLoopDelayMs: 0,
});
afterAll(() => app.close());
await acceptFiles(app, bytesMax);
app.post('/v1/files', async (request) => {
  const options = { bytesMax, tooLarge: 'Send it in parts.', rowCharactersMax: 1_000, likeness: () => 0 };
  let rows = 0;
  const reader = createTableReader(options, () => (rows += 1));
  for await (const bytes of uploadedFile(request, null)) {
    const fault = reader.add(bytes);
    if (fault !== null) return { fault: fault.detail };
  }
  return { fault: reader.end()?.detail ?? null, rows };
});

const send = async (type: string, payload: string): Promise<unknown> =>
  (await app.inject({ method: 'POST', url: '/v1/files', headers: { 'content-type': type }, payload })).json();

test('A file of exactly the bound is read, and one more byte has the answer of the reader, in a form too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 2, bytesMax - 1, bytesMax, bytesMax + 1, bytesMax + 2, 9_999), async (size) => {
      const file = '1\n'.repeat(size).slice(0, size);
      const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
      const expected =
        size > bytesMax ? { fault: 'Send it in parts.' } : { fault: null, rows: Math.ceil(file.length / 2) };
      expect(await send('text/csv', file)).toEqual(expected);
      expect(await send('multipart/form-data; boundary=b', `${head}${file}\r\n--b--\r\n`)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});
