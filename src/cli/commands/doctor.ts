// `popvote doctor`: reports problems and what to do about them. It changes nothing.
import { Command } from 'commander';
import type { Environment } from '../../platform/environment.ts';
import { localEnvironment } from '../../local/zone-environments.ts';
import type { Finding } from '../../protocol/control/system-api.ts';
import { checkService, nodeFinding } from '../checks.ts';
import { machineFindings, productionFindings } from '../production-checks.ts';
import { redisFindings } from '../redis-check.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { launchable } from '../services.ts';
import type { Launchable } from '../services.ts';

const marks = { ok: '[+]', warning: '[!]', failed: '[-]' } as const;

export function doctorCommand(context: Context): Command {
  return new Command('doctor')
    .description('check configuration, connections, clocks, grants and key files; every failure with its next action')
    .argument('[service...]', `which services; by default those whose variables are set (${launchable.join(', ')})`)
    .option('--local', 'check the platform that popvote start runs in this folder')
    .option('--production', 'check also what an election that counts needs: standby, backups, TLS, swap, witnesses')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ popvote doctor                 in the environment of a service
  $ popvote doctor --local --json
  $ popvote doctor --production    before an election that counts, in each environment

Exit code 1 if anything failed; warnings do not fail.`,
    )
    .action(async (words: string[], options: { local?: true; json?: true; production?: true }) => {
      const services = chooseChecked(words, options.local === true, context.environment);
      const environmentOf = (service: Launchable): Environment =>
        options.local ? localEnvironment(context.environment, service) : context.environment;
      const findings = [nodeFinding('node', 'version')];
      findings.push(...(await Promise.all(services.map((name) => checkService(name, environmentOf(name))))).flat());
      if (options.local) findings.push(...(await redisFindings(context.environment)));
      if (options.production) {
        findings.push(...(await machineFindings()));
        for (const name of services) findings.push(...(await productionFindings(name, environmentOf(name))));
      }
      if (options.json) context.out(JSON.stringify({ findings }));
      else for (const finding of findings) context.out(lineOf(finding));
      const failed = findings.filter(({ state }) => state === 'failed').length;
      if (failed > 0) throw new CommandFailed(`${failed} of ${findings.length} checks failed.`);
      context.say(`No check of ${findings.length} failed.`);
    });
}

function chooseChecked(words: readonly string[], local: boolean, environment: Environment): readonly Launchable[] {
  const unknown = words.filter((word) => !launchable.some((name) => name === word));
  if (unknown.length > 0) {
    throw new CommandFailed(`There is no service "${unknown.join('", "')}" to check.`, exitCodes.usage);
  }
  if (words.length > 0) return launchable.filter((name) => words.includes(name));
  const services = local ? launchable : launchable.filter((name) => isConfigured(name, environment));
  if (services.length > 0) return services;
  throw new CommandFailed(
    'No service is configured in this environment. Name one (popvote doctor api), or check the local platform: --local.',
    exitCodes.usage,
  );
}

/** The required variable of a service without a key file. */
const keyless: Readonly<Record<string, string>> = {
  worker: 'WORKER_BOX_DATABASE_URL',
  panel: 'PANEL_ACCESS_ORIGIN',
  herald: 'HERALD_DIRECTORY',
};

// A service is configured here if its required variable is set.
function isConfigured(service: Launchable, environment: Environment): boolean {
  const name = keyless[service] ?? `${service.toUpperCase()}_KEYS`;
  return environment[name] !== undefined || environment[`${name}_FILE`] !== undefined;
}

function lineOf({ service, check, state, observed, next }: Finding): string {
  const line = `${marks[state]} ${service.padEnd(9)} ${check.padEnd(38)} ${observed}`;
  return next === undefined ? line : `${line}\n      next: ${next}`;
}
