// A proxy on each way on which voters' services reach a database, a Redis or each other.
import { startProxy } from '../../test/support/processes/proxy.ts';
import type { Proxy } from '../../test/support/processes/proxy.ts';
import type { ByHand } from './by-hand.ts';
import type { Bench } from './run.ts';

const variables = {
  api: ['BALLOTS_ORIGIN', 'EDGE_REDIS_URL'],
  sms: ['EDGE_REDIS_URL'],
  ballots: ['INTAKE_DATABASE_URL'],
  mixer: ['MIXER_INTAKE_DATABASE_URL', 'MIXER_BOX_DATABASE_URL'],
} as const;

export type Hop = { readonly name: string; readonly proxy: Proxy };

/** The services to run by hand, and the ways, once these have started. */
export function hopsOf({ cleanup }: Pick<Bench, 'cleanup'>): {
  readonly byHand: ByHand;
  readonly hops: readonly Hop[];
} {
  const hops: Hop[] = [];
  const through =
    (service: string, names: readonly string[]) => async (environment: Readonly<Record<string, string>>) => {
      const changed: Record<string, string> = { ...environment };
      for (const name of names) {
        const url = new URL(environment[name] ?? '');
        const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
        cleanup.add(() => proxy.close());
        url.port = String(proxy.port);
        changed[name] = url.href.replace(/\/$/, '');
        hops.push({ name: `${service} ${name}`, proxy });
      }
      return changed;
    };
  const byHand = Object.fromEntries(Object.entries(variables).map(([name, names]) => [name, through(name, names)]));
  return { byHand, hops };
}
