// The runbooks: each says when, what and how to check, and each command is one that the program, Compose or a list knows.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { launchable } from '../../src/cli/services.ts';
import { faultOf } from '../support/deploy/command-check.ts';
import { machineCommands } from '../support/deploy/machine-commands.ts';
import { productionPath } from '../support/deploy/readme-lines.ts';
import {
  commandsOf,
  drilledRunbooks,
  operatorCommands,
  runbookLists,
  runbookNames,
  runbookText,
  wordsOf,
} from '../support/deploy/runbooks.ts';
import { sourceFiles } from '../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../..');
const isDrilled = (name: string): boolean => drilledRunbooks.some((each) => each === name);
const isList = (name: string): boolean => runbookLists.some((each) => each === name);
const stepwise = runbookNames.filter((name) => !isDrilled(name) && !isList(name));

describe('The runbooks', () => {
  test('The index names every runbook', () => {
    const index = runbookText('README.md');
    for (const name of runbookNames.filter((each) => each !== 'README.md' && each !== 'destroy-election-data.md'))
      expect([name, index.includes(`(${name})`)]).toEqual([name, true]);
    expect(stepwise.length).toBeGreaterThanOrEqual(12);
  });

  test.each(stepwise)('%s says when, what to do in numbered steps, and how to check', (name) => {
    const text = runbookText(name);
    const headings = (text.match(/^## .*$/gm) ?? []).map((line) => line.slice(3));
    expect(headings).toEqual(['When', 'Do', 'Check']);
    const [, steps = ''] = /\n## Do\n([^]*)\n## Check\n/.exec(text) ?? [];
    const numbers = [...steps.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(2);
    // Commands are in blocks that the tests read.
    expect(text.match(/^ *```(?!sh$|$).*$/gm) ?? []).toEqual([]);
  });

  test.each(runbookNames.filter((name) => !isDrilled(name)))('Each command of %s is accepted', async (name) => {
    for (const command of commandsOf(runbookText(name)))
      expect([command, await faultOf(command)]).toEqual([command, null]);
  });

  test('Each command of the path on Kubernetes is accepted', async () => {
    const commands = commandsOf(readFileSync(join(root, 'docs/kubernetes.md'), 'utf8'));
    expect(commands.length).toBeGreaterThan(30);
    for (const command of commands) expect([command, await faultOf(command)]).toEqual([command, null]);
  });

  test.each(runbookNames.filter(isDrilled))('A drill runs the blocks of %s', (name) => {
    const drills = sourceFiles(root, 'bench/drills').map(({ text }) => text);
    expect(drills.some((text) => text.includes(`follow('${name.replace('.md', '')}'`))).toBe(true);
  });

  test('What runs the other commands exists and has them', () => {
    for (const [command, { runs }] of Object.entries(machineCommands)) {
      if (runs === null) continue;
      expect([command, existsSync(join(root, runs))]).toEqual([command, true]);
      // As a line of shell, or as words of a call.
      const [, second = '', third = ''] = command.split(' ');
      const script = readFileSync(join(root, runs), 'utf8');
      const words = command.startsWith('deploy/') ? [command.split(' ')[0]!.split('/').at(-1)!] : [second, third];
      for (const word of words) expect([command, runs, script.includes(word)]).toEqual([command, runs, true]);
    }
  });

  test('Before an election every service is asked what it lacks', () => {
    const services = commandsOf(runbookText('election-day.md')).flatMap(
      (command) => /^docker compose exec ([a-z]+) node \S+ doctor --production$/.exec(command)?.[1] ?? [],
    );
    expect(services.sort()).toEqual([...launchable].sort());
  });

  test('A platform that is well is asked by commands of the runbooks, also of the alerts', () => {
    const commands = operatorCommands();
    expect(commands.length).toBeGreaterThan(10);
    for (const word of ['recount', 'readyz', 'doctor', 'election counts'])
      expect([word, commands.some((command) => command.includes(word))]).toEqual([word, true]);
  });
});

describe('The path from one machine to production in README.md', () => {
  test('Each step has a document with a command that is accepted', async () => {
    expect(productionPath.length).toBeGreaterThan(6);
    for (const { commands, documents } of productionPath) {
      expect([documents, documents.length > 0, commands.length > 0]).toEqual([documents, true, true]);
      for (const command of commands) expect([command, await faultOf(command)]).toEqual([command, null]);
      // It has the command too, so that who reads on finds it there.
      const texts = documents.map((path) => readFileSync(join(root, path), 'utf8').replaceAll(/\\\n\s*/g, ''));
      for (const command of commands)
        expect([command, documents, texts.some((text) => text.includes(command))]).toEqual([command, documents, true]);
    }
  });
});

describe('The check of commands', () => {
  test.each([
    ['popvote keys rotate tokens --anounce --directory /secrets', /unknown option '--anounce'/],
    ['popvote keys rotate token --announce --directory /secrets', /token is none of/],
    ['popvote migrat', /unknown command/],
    ['popvote election close ID', /required option '--reason/],
    ['popvote election counts ID more', /too many arguments/],
    ['docker compose restart mixr', /no service mixr/],
    ['docker compose --profile watching up -d', /no profile watching/],
    ['docker compose up -d --fast', /no option --fast/],
    ['docker compose kill mixer', /not in the list/],
    ['docker compose run --rm --no-deps operate election recont ID', /unknown command/],
    ['docker compose exec api node dist/cli/main.js doctor --prod', /unknown option '--prod'/],
    ['docker compose exec api node dist/cli/main.js doctor mixr', /mixr is none of/],
    ['docker compose exec mixer popvote-probe 9101 /readyz', /no port or probe/],
    ['docker compose exec mixer cat /etc/passwd', /in no list/],
    ['kubectl exec deployment/access -- node dist/cli/main.js admin creat --email a@b.org', /unknown command/],
    ['kubectl exec deployment/ballots -- node dist/cli/main.js doctor', /ballots is a statefulset/],
    ['kubectl exec statefulset/access -- node dist/cli/main.js doctor', /access is a deployment/],
    ['kubectl exec deployment/acess -- node dist/cli/main.js doctor', /no service acess/],
    ['helm install popvote deploy/helm/popvot', /is not the chart/],
    ['helm install popvote deploy/helm/popvote -f deploy/helm/popvote/values-town.yaml', /no file/],
    ['helm upgrade popvote deploy/helm/popvote -f national.yaml --set image.digst=DIGEST', /no value image.digst/],
    ['helm rollback popvote 1', /in no list/],
    ['kubectl port-forward service/api 8080:8081', /no service\/api with a port/],
    ['kubectl rollout status statefulset/postgres', /no statefulset\/postgres/],
    ['kubectl create secret tls popvote-tls --cert=vote.crt --key=vote.key', /no certificate popvote-tls/],
    ['kubectl delete pods --all', /in no list/],
    ['POPVOTE_TAG=1 docker buildx bake -f deploy/docker-bake.hcl popvote', /no variable "POPVOTE_TAG"/],
    ['POPVOTE_REVISION=1 docker buildx bake -f deploy/docker-bake.hcl popvot', /no target "popvot"/],
    ['rm -rf secrets', /in no list/],
    ['docker node update --label-add popvote.privat=true THIS', /popvote.privat=true is no label/],
    ['docker node update --label-rm popvote.private', /names no machine/],
    [
      'install -d -o 10001 -g 10001 -m 700 /mnt/popvote-keys/{epoch-keys}',
      /needs the folders election-keys,epoch-keys/,
    ],
    ['kubectl rollout restart daemonset -l app.kubernetes.io/name=popvote', /no daemonset/],
    ['kubectl rollout restart deployment -l app.kubernetes.io/name=popvot', /no pod has the label/],
  ])('The command "%s" is not accepted', async (command, why) => {
    expect(await faultOf(command)).toMatch(why);
  });

  test('Words are divided as a shell does it', () => {
    expect(wordsOf(`a "b c" 'd e' --f="g h" $(i j) | k`)).toEqual(['a', 'b c', 'd e', '--f=g h', '$(i j)', '|', 'k']);
  });
});

describe('The Alertmanager', () => {
  test('Alerts of each severity go to a receiver of their own, whose address is a secret', () => {
    type Receiver = { name: string; slack_configs: [{ api_url_file: string }] };
    const { route, receivers } = parse(readFileSync(join(root, 'deploy/monitoring/alertmanager.yml'), 'utf8')) as {
      route: { receiver: string; routes: { matchers: string[]; receiver: string }[] };
      receivers: Receiver[];
    };
    expect(route.receiver).toBe('ticket');
    expect(route.routes).toMatchObject([{ matchers: ['severity="page"'], receiver: 'page' }]);
    expect(receivers.map(({ name, slack_configs: [first] }) => [name, first.api_url_file])).toEqual([
      ['page', '/run/secrets/alert-page-url'],
      ['ticket', '/run/secrets/alert-ticket-url'],
    ]);
  });
});
