// The edge in front of services that fail: what a client gets, and that no log has its address, path or headers.
import { request } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { problemBody, problemMediaType } from '../../src/protocol/problem.ts';
import { docker, ensure, runProgram } from './docker.ts';

const names = {
  network: 'popvote-edge-check',
  edge: 'popvote-edge-check-edge',
  services: 'popvote-edge-check-services',
  closed: 'popvote-edge-check-closed',
};
const sites = { 'vote.localhost': 8443, 'sms.localhost': 8443, 'panel.localhost': 8444 };
type Site = keyof typeof sites;
/** What no log may have: it is in the path and in a header of each request. */
const canary = 'popvote-canary';
/** Longest wait for the edge or for an answer, in milliseconds. */
const answerMsMax = 20_000;

/** In place of api, sms and panel. It ends without an answer, breaks an answer off, or streams without an end. */
const services = `
  const answer = (request, response) => {
    if (request.url.includes('dies')) return request.socket.destroy();
    if (request.url.includes('breaks')) {
      response.writeHead(200, { 'content-length': 1e6 });
      response.write('x'.repeat(1e5), () => request.socket.destroy());
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (!request.url.includes('streams')) return response.end();
    const piece = 'data: ' + 'x'.repeat(4096) + '\\n\\n';
    const timer = setInterval(() => response.write(piece), 5);
    response.on('close', () => clearInterval(timer));
  };
  for (const port of [8080, 8085, 8090]) require('node:http').createServer(answer).listen(port);`;

type ClientCall = { readonly site: Site; readonly method: string; readonly path: string };

/** The head of an answer. Its body is not read yet. */
async function send(host: string, { site, method, path }: ClientCall): Promise<IncomingMessage> {
  const call = request({
    host,
    port: sites[site],
    servername: site,
    rejectUnauthorized: false,
    agent: false,
    method,
    path: `/${path}?${canary}`,
    headers: { host: site, 'x-forwarded-for': '203.0.113.77', 'x-client': canary },
    signal: AbortSignal.timeout(answerMsMax),
  });
  call.end();
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return answer;
}

async function ensureProblem(host: string, call: ClientCall, code: string): Promise<void> {
  const answer = await send(host, call);
  const { statusCode, headers } = answer;
  const body = problemBody.parse(JSON.parse(Buffer.concat(await answer.toArray()).toString()));
  const what = `${call.method} ${call.path} at ${call.site}: ${String(statusCode)} ${body.code}`;
  ensure(statusCode === 503 && body.code === code, `${what}, not ${code}`);
  ensure(Number(headers['retry-after']) > 0 && headers['content-type'] === problemMediaType, `${what} says no time`);
}

async function ensureBroken(host: string, call: ClientCall): Promise<void> {
  const answer = await send(host, call);
  const ended = answer.toArray().then(
    () => false,
    () => true,
  );
  ensure(await ended, `${call.path}: an answer that was broken off looks whole`);
}

/** Reads some of a stream and leaves. */
async function leave(host: string, call: ClientCall): Promise<void> {
  const answer = await send(host, call);
  await once(answer, 'data');
  answer.destroy();
}

const rejections: readonly (readonly [ClientCall, string])[] = [
  [{ site: 'vote.localhost', method: 'GET', path: 'v1/dies' }, 'busy'],
  [{ site: 'vote.localhost', method: 'POST', path: 'v1/dies' }, 'busy'],
  [{ site: 'sms.localhost', method: 'POST', path: 'webhooks/dies' }, 'change-unknown'],
  [{ site: 'panel.localhost', method: 'GET', path: 'dies' }, 'busy'],
  [{ site: 'panel.localhost', method: 'DELETE', path: 'api/dies' }, 'change-unknown'],
];

/** Each try needs a connection of its own, because the one before it was broken. */
async function ensureNextAddress(host: string): Promise<void> {
  for (let times = 0; times < 10; times += 1) {
    await ensureProblem(host, { site: 'vote.localhost', method: 'POST', path: 'v1/dies' }, 'busy');
    const answer = await send(host, { site: 'vote.localhost', method: 'GET', path: '' });
    answer.resume();
    ensure(answer.statusCode === 200, `beside a closed port the edge answers ${String(answer.statusCode)}`);
  }
}

async function untilAnswers(host: string): Promise<void> {
  for (const endMs = performance.now() + answerMsMax; ;) {
    const answer = await send(host, { site: 'vote.localhost', method: 'GET', path: '' }).catch(() => null);
    answer?.resume();
    if (answer?.statusCode === 200) return;
    ensure(performance.now() < endMs, 'the edge does not answer');
  }
}

const addressIn = async (container: string): Promise<string> =>
  docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container);

async function start(): Promise<{ readonly host: string; readonly client: string }> {
  await docker('network', 'create', names.network);
  const aliases = ['api-public', 'sms-public', 'panel-public'].flatMap((name) => ['--network-alias', name]);
  const run = ['run', '-d', '--network', names.network, '--name'];
  await docker(...run, names.services, ...aliases, '--entrypoint', 'node', 'popvote', '-e', services);
  // Another process of each service, whose ports are closed.
  await docker(
    ...run,
    names.closed,
    ...aliases,
    '--entrypoint',
    'node',
    'popvote',
    '-e',
    'setInterval(() => {}, 1000)',
  );
  await docker(...run, names.edge, 'popvote-edge');
  const client = await docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', names.network);
  return { host: await addressIn(names.edge), client };
}

export async function checkEdge(): Promise<string> {
  try {
    const { host, client } = await start();
    await untilAnswers(host);
    await ensureNextAddress(host);
    for (const [call, code] of rejections) await ensureProblem(host, call, code);
    for (const site of Object.keys(sites) as Site[]) {
      await ensureBroken(host, { site, method: 'GET', path: 'breaks' });
      for (let times = 0; times < 5; times += 1) await leave(host, { site, method: 'GET', path: 'streams' });
    }
    await docker('stop', '-t', '0', names.services, names.closed);
    await ensureProblem(host, { site: 'vote.localhost', method: 'GET', path: 'v1/elections' }, 'busy');
    await ensureProblem(host, { site: 'vote.localhost', method: 'POST', path: 'v1/ballots' }, 'outcome-unknown');
    await docker('stop', '-t', '40', names.edge);
    const { out, err } = await runProgram('docker', ['logs', names.edge]);
    const lines = `${out}${err}`.split('\n');
    const leaks = lines.filter((line) => [client, canary, '203.0.113.77'].some((text) => line.includes(text)));
    ensure(leaks.length === 0, `the log of the edge names a client:\n  ${leaks.join('\n  ')}`);
    return `${rejections.length + 2} rejections with a problem and a time, broken and left streams, no client in ${lines.length - 1} lines of its log`;
  } finally {
    await runProgram('docker', ['rm', '-f', names.edge, names.services, names.closed]);
    await runProgram('docker', ['network', 'rm', names.network]);
  }
}
