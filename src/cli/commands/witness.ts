// `popvote witness`: a witness of public logs, by c2sp.org/tlog-witness. It belongs to somebody else than the platform, and
// needs no other part of it.
import { Command } from 'commander';
import { encodeNoteKey } from '../../domain/record/note.ts';
import { systemClock } from '../../platform/clock.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { programVersion } from '../../platform/health/version.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { runServices } from '../../platform/process.ts';
import type { Running } from '../../platform/process.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { createCosigning, witnessNoteKey } from '../witness/cosigning.ts';
import { buildWitnessApp } from '../witness/witness-app.ts';
import { makeWitness, readWitness, readWitnessState, trustLog, writeWitnessState } from '../witness/witness-files.ts';
import type { WitnessSettings } from '../witness/witness-files.ts';

export function witnessCommand(context: Context): Command {
  return new Command('witness')
    .description('cosign the trees of public logs that only grow, as a party that is not the operator')
    .addCommand(newWitnessCommand(context))
    .addCommand(trustCommand(context))
    .addCommand(serveWitnessCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ popvote witness new --directory witness --name w1.example.net/popvote     prints the key for manifests
  $ popvote witness trust --directory witness --prefix vote.example.org/log/ --key <log.key of a manifest>
  $ popvote witness serve --directory witness --port 8100

Put a proxy that ends TLS before it. Back up the folder, and never start from an old copy of state.json.`,
    );
}

const directoryOption = ['--directory <folder>', 'folder of the witness: witness.json and state.json'] as const;
const vkeyOf = (settings: WitnessSettings): string => encodeNoteKey(sha256, witnessNoteKey(settings));

function newWitnessCommand(context: Context): Command {
  return new Command('new')
    .description('make the key and the empty state of a witness; print its public key')
    .requiredOption(...directoryOption)
    .requiredOption('--name <name>', 'name of the key, such as w1.example.net/popvote')
    .action(({ directory, name }: { directory: string; name: string }) => {
      context.out(vkeyOf(makeWitness(directory, name)));
    });
}

function trustCommand(context: Context): Command {
  return new Command('trust')
    .description('serve the logs whose names begin so, and that this key signs')
    .requiredOption(...directoryOption)
    .requiredOption('--prefix <text>', 'beginning of the names of the logs, such as vote.example.org/log/')
    .requiredOption('--key <base64url>', 'log.key of a manifest')
    .action(async ({ directory, prefix, key }: { directory: string; prefix: string; key: string }) => {
      await trustLog(directory, { prefix, key });
      context.say('Start popvote witness serve again to use it.');
    });
}

function serveWitnessCommand(context: Context): Command {
  return new Command('serve')
    .description('answer POST /add-checkpoint until a signal')
    .requiredOption(...directoryOption)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on', '8100')
    .action(async ({ directory, host, port }: { directory: string; host: string; port: string }) => {
      if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
        throw new CommandFailed('--port is a whole number from 0 to 65535.', exitCodes.usage);
      const settings = readWitness(directory);
      const state = readWitnessState(directory);
      context.say(
        `Witness ${vkeyOf(settings)} of ${settings.logs.map(({ prefix }) => prefix).join(', ') || 'no log yet'}.`,
      );
      await runServices(
        [() => startWitness({ directory, settings, state, host, port: Number(port) })],
        context.environment,
      );
    });
}

async function startWitness(options: {
  readonly directory: string;
  readonly settings: WitnessSettings;
  readonly state: ReturnType<typeof readWitnessState>;
  readonly host: string;
  readonly port: number;
}): Promise<Running> {
  const { directory, settings, state } = options;
  const logger = createLogger('witness', 'info');
  const cosigning = createCosigning({
    settings,
    state,
    store: (next) => writeWitnessState(directory, next),
    onContradiction: (origin) => logger.error({ origin }, 'witness.contradiction'),
    clock: systemClock,
  });
  const metrics = createMetrics('witness');
  const lifecycle = createProcessLifecycle(0);
  const app = await buildWitnessApp({ cosigning, logger, metrics, version: programVersion(), lifecycle });
  const address = await app.listen({ host: options.host, port: options.port });
  logger.info({ address }, 'witness.listening');
  return { name: 'witness', addresses: { witness: address }, clock: systemClock, lifecycle, close: () => app.close() };
}
