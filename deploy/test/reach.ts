// Connections from the network namespace of each container to each port of each other one. What is open must be exactly
// what the networks of docker-compose.yml say, and only the services of leadingOut() may have a way out.
import { leadingOut, openPorts } from '../../test/support/deploy/compose-file.ts';
import { forEachOf, runProgram } from './docker.ts';
import type { Container } from './docker.ts';

/** Longest wait for one connection, in milliseconds. Where a firewall drops packets there is no answer. */
const connectMsMax = 2_500;
/** Containers whose connections are tried at once: most of the time is the wait for those that get no answer. */
const atOnce = 4;
/** A server outside of all networks that answers: the name server of the engine's way out. */
const outside = { to: 'outside', host: '10.0.2.3', port: 53 };
/** Ports of the edge, which listens for the outside alone, and of its health check. */
const edgePorts = [8080, 8081, 8443, 8444, 9090, 3000, 8088, 16686];

type Target = { readonly to: string; readonly host: string; readonly port: number };

const script = `
  const net = require('node:net');
  const targets = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  Promise.all(targets.map((target) => new Promise((resolve) => {
    const socket = net.connect({ host: target.host, port: target.port });
    const end = (open) => { socket.destroy(); resolve(open ? target : null); };
    socket.setTimeout(${connectMsMax}, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  }))).then((open) => console.log(JSON.stringify(open.filter(Boolean))));`;

export type Reach = { readonly tries: number; readonly open: readonly string[]; readonly expected: readonly string[] };

/** Each line is `from -> to port`. */
export async function reachOf(containers: readonly Container[]): Promise<Reach> {
  const running = containers.filter((container) => container.running);
  const ports = [...new Set([...openPorts().map(({ port }) => port), ...edgePorts])];
  const targets: Target[] = running.flatMap(({ service, addresses }) =>
    addresses.flatMap((host) => ports.map((port) => ({ to: service, host, port }))),
  );
  const open = new Set<string>();
  let tries = 0;
  await forEachOf(running, atOnce, async ({ service, pid }) => {
    const others = [...targets.filter(({ to }) => to !== service), outside];
    tries += others.length;
    for (const { to, port } of await openFrom(service, pid, others)) open.add(`${service} -> ${to} ${port}`);
  });
  return { tries, open: [...open].sort(), expected: expectedOf(new Set(running.map(({ service }) => service))) };
}

/** Those of the targets that a container reaches. */
async function openFrom(service: string, pid: number, targets: readonly Target[]): Promise<readonly Target[]> {
  const words = ['-t', String(pid), '-n', process.execPath, '-e', script];
  const { code, out, err } = await runProgram('nsenter', words, { msMax: 60_000, input: JSON.stringify(targets) });
  if (code !== 0) throw new Error(`No connections from ${service}: ${err}`);
  return JSON.parse(out) as Target[];
}

function expectedOf(running: ReadonlySet<string>): readonly string[] {
  const inside = openPorts().flatMap(({ of, port, by }) =>
    by.map((from) => ({ from, line: `${from} -> ${of} ${port}`, of })),
  );
  const lines = inside.filter(({ from, of }) => running.has(from) && running.has(of)).map(({ line }) => line);
  const out = leadingOut().filter((name) => running.has(name));
  return [...lines, ...out.map((name) => `${name} -> outside ${outside.port}`)].sort();
}
