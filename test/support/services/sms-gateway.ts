// A provider's server for tests: real HTTP on a free port, which answers, rejects or stays silent as configured.
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

type GatewayRequest = { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string };
type Gateway = AsyncDisposable & {
  readonly url: string;
  readonly requests: readonly GatewayRequest[];
  /** How it answers from now on: a status with a body, or silence. */
  behave(as: { readonly status: number; readonly body?: string } | 'silent'): void;
};

export async function startGateway(): Promise<Gateway> {
  const requests: GatewayRequest[] = [];
  let behaviour: Parameters<Gateway['behave']>[0] = { status: 201 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      requests.push({ url: request.url ?? '', headers: request.headers, body });
      if (behaviour === 'silent') return;
      response.writeHead(behaviour.status, { 'content-type': 'application/json' }).end(behaviour.body ?? '{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave: (as) => (behaviour = as),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
