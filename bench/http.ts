// bench http: what one request costs the process that answers it, in processor time: through `createHttp`, beside bare
// Fastify, node:http and a socket. Run: npx tsx bench/http.ts [--quick] [--json]
import { figureOf, interleave, ratioOf, spread } from './harness/blocks.ts';
import type { Arm } from './harness/blocks.ts';
import { startWorker } from './harness/child.ts';
import { Connection, originOf, requestText } from './harness/keep-alive-client.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import type { HttpServerKind } from './workers/http-server.ts';

/** Connections, each with one request at a time: as many as a process has under way at its capacity. */
const connectionCount = 32;
const kinds = ['socket', 'node:http', 'Fastify', 'createHttp'] as const satisfies readonly HttpServerKind[];
/** About as large as the request for a session. */
const requestBody = { electionId: 'rehearsal', phone: '+85261234567', castTag: 'x'.repeat(43), method: 'text-in' };
const answerBody = '{"state":"pending"}';

/** A server in a process of its own. Its figure is the processor time of a request, in microseconds. */
async function armOf(bench: Bench, kind: HttpServerKind, requests: number): Promise<Arm<HttpServerKind>> {
  const server = startWorker(bench.cleanup, 'http-server');
  const origin = originOf(`http://127.0.0.1:${await server.ask<number>('listen', kind)}`);
  const text = requestText(origin, 'POST', '/v1/things', { token: 'x'.repeat(640), body: requestBody });
  let wrong = 0;
  const send = async (connection: Connection): Promise<void> => {
    for (let count = 0; count < requests / connectionCount; count += 1) {
      const { status, body } = await connection.request(text);
      if (status !== 201 || body !== answerBody) wrong += 1;
    }
  };
  const run = async (): Promise<number> => {
    const open = Array.from({ length: connectionCount }, () => Connection.open(origin));
    const connections = await Promise.all(open);
    const before = await server.ask<number>('microseconds');
    await Promise.all(connections.map(send));
    const used = (await server.ask<number>('microseconds')) - before;
    for (const connection of connections) connection.close();
    if (wrong > 0) throw new Error(`${kind}: ${wrong} wrong answers`);
    return used / requests;
  };
  return { name: kind, run };
}

await runBench('http', 'processor time of one request', async (bench) => {
  const { quick, findings, say } = bench;
  const requests = quick ? 8_000 : 20_000;
  say(`${requests} requests a block on ${connectionCount} connections`);
  const arms = await Promise.all(kinds.map((kind) => armOf(bench, kind, requests)));
  // Node compiles for some time.
  for (const arm of arms) await arm.run();
  const rounds = await interleave(arms, quick ? 7 : 15);
  const aboveSocket = spread(rounds.map((round) => round.createHttp - round.socket));
  findings.target('createHttp, above the socket', aboveSocket, 'µs', 'at most', 38);
  for (const kind of kinds) findings.figure(kind, figureOf(rounds, kind), 'µs of processor');
  for (const kind of ['node:http', 'Fastify'] as const) {
    findings.figure(`createHttp to ${kind}`, ratioOf(rounds, 'createHttp', kind), 'x');
  }
  findings.check('every answer is the right one', true, `${requests * rounds.length} of each`);
});
