// HAProxy, in front of the nodes of a database and in front of services.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/support/processes/ports.ts';
import { spawnServer } from './account.ts';
import type { Bench } from './run.ts';

export const haproxy = ['haproxy', '/usr/sbin/haproxy'].find((command) => spawnSync(command, ['-v']).status === 0);

/** Runs a configuration with its variables. */
export function startHaproxy(
  bench: Bench,
  name: string,
  file: string,
  environment: Readonly<Record<string, string>>,
): void {
  if (haproxy === undefined) throw new Error('There is no haproxy.');
  const logFile = join(bench.directory, `haproxy-${name}.log`);
  spawnServer(bench, [haproxy, '-db', '-f', file], { environment, directory: '/', logFile });
}

/** Of processes that are killed outright: what is under way at one of them is given up. */
const whereKilled = 'inter 1s fall 2 rise 1 on-marked-down shutdown-sessions';
/** Of processes that drain: they answer what is under way. The checks take them out well within their drain. */
const whereDrained = 'inter 300ms fall 2 rise 1';

/** One port for several processes of a service, as docs/operations.md has it: those whose /readyz is 200. Returns its port. */
export async function startServiceProxy(
  bench: Bench,
  name: string,
  ports: readonly number[],
  { drain = false }: { readonly drain?: boolean } = {},
): Promise<number> {
  const port = await freePort();
  const file = join(bench.directory, `haproxy-${name}.cfg`);
  const servers = ports.map((each, index) => `  server ${name}${index} 127.0.0.1:${each}`);
  const text = `
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 2s
listen ${name}
  bind 127.0.0.1:${port}
  balance leastconn
  option httpchk GET /readyz
  http-check expect status 200
  option redispatch 1
  default-server check ${drain ? whereDrained : whereKilled}
${servers.join('\n')}
`;
  writeFileSync(file, text);
  startHaproxy(bench, name, file, {});
  return port;
}
