// Reading a record from a site: files are bounded, and a site that fails is asked again a few times.
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { UnreadableRecord } from '../../../src/verifier/reading/record-source.ts';
import { createWebSource } from '../../../src/verifier/reading/web-source.ts';

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/vote/`);
}

test('Files are read below the origin, and a file that is not there is null', async () => {
  const requests: string[] = [];
  const site = await serve((request, response) => {
    requests.push(request.url ?? '');
    response.statusCode = request.url?.endsWith('checkpoint') ? 404 : 200;
    response.end('text');
  });
  const source = createWebSource(site, 'e1');
  expect((await source.readManifest(10))?.toString()).toBe('text');
  expect((await source.read('M', 'tile/0/000', 10))?.toString()).toBe('text');
  expect(await source.read('M', 'checkpoint', 10)).toBeNull();
  expect(requests).toEqual(['/vote/log/e1/manifest.json', '/vote/log/e1/M/tile/0/000', '/vote/log/e1/M/checkpoint']);
});

test('Of an endless file one byte more than its bound is read', async () => {
  const site = await serve((_request, response) => {
    const write = (): void => {
      while (response.write(Buffer.alloc(65_536)) && !response.destroyed);
      if (!response.destroyed) response.once('drain', write);
    };
    write();
  });
  expect((await createWebSource(site, 'e1').readManifest(1_000))?.length).toBe(1_001);
});

test('A site that fails is asked four times, and then the record is unreadable', async () => {
  let requests = 0;
  let failing = 3;
  const site = await serve((_request, response) => {
    requests += 1;
    response.statusCode = requests <= failing ? 503 : 200;
    response.end('text');
  });
  const source = createWebSource(site, 'e1');
  expect((await source.readManifest(10))?.toString()).toBe('text');
  expect(requests).toBe(4);
  failing = Infinity;
  await expect(source.readManifest(10)).rejects.toThrow(UnreadableRecord);
  expect(requests).toBe(8);
});
