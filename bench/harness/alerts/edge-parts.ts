// What the faults of a further `api` and a further `sms` need: ways that can be cut, voters who ask for codes, and a provider of texts.
import { createServer } from 'node:http';
import { hkid, phone } from '../../../test/support/identities.ts';
import { freePort } from '../../../test/support/processes/ports.ts';
import { startProxy } from '../../../test/support/processes/proxy.ts';
import { castTagOf } from '../../../test/support/voter/proofs.ts';
import { voterRequests } from '../../../test/support/voter/voter-requests.ts';
import type { Bench } from '../run.ts';
import type { Stage } from './stage.ts';

/** The way to a server, by a proxy that can lead nowhere. */
export async function startWay({ cleanup }: Bench, address = ''): Promise<Way> {
  const url = new URL(address);
  const target = { host: url.hostname, port: Number(url.port) };
  const proxy = await startProxy(target);
  cleanup.add(() => proxy.close());
  const nowhere = { host: target.host, port: await freePort() };
  url.port = String(proxy.port);
  return {
    url: url.href.replace(/\/$/, ''),
    cut: () => proxy.pointTo(nowhere),
    restore: () => proxy.pointTo(target),
  };
}

type Way = { readonly url: string; cut(): void; restore(): void };

let people = 500_000;

/** A new voter asks for a code by text. */
export async function askForCode({ platform }: Stage, origin: string): Promise<void> {
  people += 1;
  const castTag = castTagOf(Buffer.alloc(32, people % 251).toString('base64url'));
  const { path, body } = voterRequests.session({
    electionId: platform.election.id,
    number: hkid(people),
    phone: phone(people),
    method: 'code',
    castTag,
  });
  const answer = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.text();
}

/** A provider of texts that takes them, or answers each with an error. */
export async function startProvider({ cleanup }: Bench) {
  let refuses = false;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(refuses ? 500 : 200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    settings: {
      kind: 'webhook',
      name: 'broken',
      secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
      sendUrl: `http://127.0.0.1:${address.port}/`,
    },
    refuse: (on: boolean) => void (refuses = on),
  } as const;
}
