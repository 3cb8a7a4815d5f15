// Whether a command of a runbook can be what it seems: `popvote` accepts it, `docker compose` finds its services and
// profiles, and `kubectl` and `helm` what the chart makes of a service, with values-national.yaml. Nothing is run.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { buildProgram } from '../../../src/cli/program.ts';
import type { Context } from '../../../src/cli/context.ts';
import { chartFault } from './chart-commands.ts';
import { composeFile, openPorts } from './compose-file.ts';
import { machineFault } from './machine-commands.ts';
import { wordsOf } from './runbooks.ts';

/** Programs in containers, with what runs them. */
const insideCommands: readonly RegExp[] = [
  /^sh -c cat > \/tmp\/example\.json < example\.json$/,
  /^bash -c exec 3<>\/dev\/tcp\//,
  /^ls \/var\/lib\/popvote\//,
  /^psql -U postgres /,
];

type ComposeForm = { readonly flags: readonly string[]; readonly values: readonly string[] };
const composeForms: Readonly<Record<string, ComposeForm>> = {
  build: { flags: [], values: [] },
  up: { flags: ['-d', '--wait', '--force-recreate'], values: [] },
  down: { flags: ['--volumes'], values: [] },
  ps: { flags: ['--all'], values: [] },
  logs: { flags: [], values: ['--tail'] },
  restart: { flags: [], values: [] },
  rm: { flags: ['--stop', '--force'], values: [] },
  start: { flags: [], values: [] },
  stop: { flags: [], values: [] },
  run: { flags: ['--rm', '--no-deps', '-T'], values: ['--user', '-v'] },
  exec: { flags: ['-T'], values: [] },
};

/** Why a command is not accepted, or null. */
export async function faultOf(command: string): Promise<string | null> {
  const ofMachine = machineFault(command);
  if (ofMachine !== undefined) return ofMachine;
  const words = wordsOf(command);
  const [program, second] = words;
  if (program === 'popvote') return popvoteFault(words.slice(1));
  if (program === 'docker' && second === 'compose') return composeFault(words.slice(2));
  if (program === 'kubectl' || program === 'helm') return clusterFault(words);
  const unset = words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word)));
  if (unset.slice(0, 3).join(' ') === 'docker buildx bake') return bakeFault(words);
  // In a container of Swarm.
  const [, inside] = /^docker exec \$\(docker ps -q -f name=popvote_[a-z]+\) (.*)$/.exec(command) ?? [];
  return inside === undefined ? 'is neither popvote nor docker compose, and in no list' : insideFault(wordsOf(inside));
}

/** A command in a pod is one that the program accepts. All others are about objects of the chart. */
async function clusterFault(words: readonly string[]): Promise<string | null> {
  const fault = chartFault(words);
  const [, ...inside] = words.slice(words.indexOf('--'));
  // What it prints may go to a file.
  if (inside.at(-2) === '>') inside.splice(-2);
  return fault === null && words[1] === 'exec' ? insideFault(inside) : fault;
}

/** Variables and targets of deploy/docker-bake.hcl. */
function bakeFault(words: readonly string[]): string | null {
  const text = readFileSync(new URL('../../../deploy/docker-bake.hcl', import.meta.url), 'utf8');
  const set = words.flatMap((word) => /^([A-Z_]+)=/.exec(word)?.[1] ?? []);
  const blocks = [
    ...set.map((name) => `variable "${name}" {`),
    ...words.slice(words.indexOf('-f') + 2).map((name) => `target "${name}" {`),
  ];
  const unknown = blocks.find((each) => !text.includes(`\n${each}\n`));
  return unknown === undefined ? null : `deploy/docker-bake.hcl has no ${unknown}`;
}

async function composeFault(words: readonly string[]): Promise<string | null> {
  const rest = [...words];
  const profiles = new Set(Object.values(composeFile.services).flatMap((service) => service.profiles));
  while (rest[0] === '--profile') {
    const [, profile = ''] = rest.splice(0, 2);
    if (!profiles.has(profile)) return `there is no profile ${profile}`;
  }
  const name = rest.shift() ?? '';
  const form = composeForms[name];
  if (!form) return `docker compose ${name} is not in the list`;
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift()!;
    if (form.values.includes(option)) rest.shift();
    else if (!form.flags.includes(option)) return `docker compose ${name} has no option ${option}`;
  }
  const isInside = name === 'run' || name === 'exec';
  const services = isInside ? rest.splice(0, 1) : rest.splice(0);
  if (isInside && services.length === 0) return `docker compose ${name} names no service`;
  const unknown = services.find((service) => !(service in composeFile.services) && service !== 'SERVICE');
  if (unknown !== undefined) return `there is no service ${unknown}`;
  if (!isInside || rest.length === 0) return name === 'exec' ? 'exec names no program' : null;
  return name === 'run' ? popvoteFault(rest) : insideFault(rest, services[0]);
}

async function insideFault(words: readonly string[], service?: string): Promise<string | null> {
  const line = words.join(' ');
  if (line.startsWith('node dist/cli/main.js ')) return popvoteFault(words.slice(2));
  if (words[0] === 'popvote-probe') {
    const ports = openPorts().filter(({ of }) => of === service);
    const isRight =
      ports.some(({ port }) => String(port) === words[1]) && ['/livez', '/readyz'].includes(words[2] ?? '/livez');
    return isRight ? null : `${service} has no port or probe ${words.slice(1).join(' ')}`;
  }
  return insideCommands.some((form) => form.test(line)) ? null : `${words[0]} in a container is in no list`;
}

/** What the program says about these words. Its commands are parsed and not carried out. */
async function popvoteFault(words: readonly string[]): Promise<string | null> {
  const messages: string[] = [];
  const context: Context = {
    environment: {},
    out: () => undefined,
    say: (text) => void messages.push(text),
    stdin: process.stdin,
    stdout: process.stdout,
    isOutputClosed: () => false,
    entry: '',
  };
  const program = await buildProgram(words[0] ?? '', context);
  let reached = '';
  const disarm = (command: Command): void => {
    const names = command.registeredArguments;
    if (command.commands.length === 0)
      command.action(() => {
        reached = names.map(({ description }, index) => misnamed(description, command.args[index])).join('');
      });
    for (const child of command.commands) disarm(child);
  };
  for (const child of program.commands) disarm(child);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return reached === '' ? null : reached;
  } catch (error) {
    return messages.join(' ') || (error instanceof Error ? error.message : 'is not accepted');
  }
}

/** An argument whose description lists names must be one of them. */
function misnamed(description: string, word: string | undefined): string {
  const [list] = /[a-z][\w-]*(?:, [a-z][\w-]*){2,}/.exec(description) ?? [];
  return list === undefined || word === undefined || list.split(', ').includes(word)
    ? ''
    : `${word} is none of ${list}`;
}
