// Whether a command of `helm` or `kubectl` names what the chart has: files of values, values, objects, ports, certificates.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFolder } from './chart-settings.ts';
import { rehearsalServers } from './rehearsal-servers.ts';

type Service = { readonly ownFolders?: object; readonly ports?: Readonly<Record<string, { readonly port: number }>> };
type Site = { readonly tlsSecret?: string };
type Values = {
  readonly services: Readonly<Record<string, Service | undefined>>;
  readonly ingress?: Readonly<Record<string, Site | string | boolean | object>>;
};
const valuesOf = (name: string): Values => parse(readFileSync(join(chartFolder, name), 'utf8')) as Values;
const values = valuesOf('values.yaml');
const root = join(import.meta.dirname, '../../..');
/** The copy of values-national.yaml that an operator makes. */
const ownValues = 'national.yaml';

/** Why it is not accepted, or null. */
export function chartFault(words: readonly string[]): string | null {
  const [program, verb = '', ...rest] = words;
  if (program === 'helm') return helmFault(verb, rest);
  if (verb === 'exec') return podFault(rest);
  if (verb === 'port-forward') return forwardFault(rest);
  if (verb === 'rollout' && rest[0] === 'status') return serverFault(rest[1] ?? '');
  if (verb === 'create' && rest[0] === 'secret' && rest[1] === 'tls') return certificateFault(rest[2] ?? '');
  return `${program} ${verb} is in no list`;
}

/** `install` and `upgrade`, with files that exist and values that the chart has. */
function helmFault(verb: string, words: readonly string[]): string | null {
  const [release, chart, ...options] = words;
  if (!['install', 'upgrade'].includes(verb)) return `helm ${verb} is in no list`;
  if (release !== 'popvote' || chart !== 'deploy/helm/popvote') return `${release} ${chart} is not the chart`;
  while (options.length > 0) {
    const option = options.shift()!;
    const value = option === '--wait' ? '' : (options.shift() ?? '');
    if (option === '-f') {
      if (value !== ownValues && !existsSync(join(root, value))) return `there is no file ${value}`;
    } else if (option === '--set') {
      const unknown = value.split(',').find((each) => !hasValue(each.split('=')[0]!));
      if (unknown !== undefined) return `the chart has no value ${unknown}`;
    } else if (!['--wait', '--timeout'].includes(option)) return `helm ${verb} has no option ${option}`;
  }
  return null;
}

/** Labels are the operator's own. */
function hasValue(path: string): boolean {
  const names = path.replace(/\.labels\..+$/, '.labels').split('.');
  let here: unknown = values;
  for (const name of names) {
    if (typeof here !== 'object' || here === null || !(name in here)) return false;
    here = (here as Record<string, unknown>)[name];
  }
  return true;
}

function podFault(words: readonly string[]): string | null {
  const [target = '', separator] = words[0] === '-i' ? words.slice(1) : words;
  const [kind, service = ''] = target.split('/');
  if (values.services[service] === undefined) return `the chart has no service ${service}`;
  const isSet = valuesOf('values-national.yaml').services[service]?.ownFolders !== undefined;
  const right = isSet ? 'statefulset' : 'deployment';
  if (kind !== right) return `${service} is a ${right} of the chart with values-national.yaml`;
  return separator === '--' ? null : 'kubectl exec has no -- before the command';
}

function forwardFault([target = '', ports = '']: readonly string[]): string | null {
  const [kind, service = ''] = target.split('/');
  const has = Object.values(values.services[service]?.ports ?? {}).some(({ port }) => ports.endsWith(`:${port}`));
  return kind === 'service' && has ? null : `the chart has no ${target} with a port of ${ports}`;
}

/** A server of a rehearsal. */
function serverFault(target: string): string | null {
  const [kind, name = ''] = target.split('/');
  const has = rehearsalServers().includes(`\nkind: StatefulSet\nmetadata:\n  name: ${name}\n`);
  return kind === 'statefulset' && has ? null : `there is no ${target}`;
}

function certificateFault(name: string): string | null {
  const sites = Object.values(values.ingress ?? {}) as readonly Site[];
  return sites.some(({ tlsSecret }) => tlsSecret === name) ? null : `the chart reads no certificate ${name}`;
}
