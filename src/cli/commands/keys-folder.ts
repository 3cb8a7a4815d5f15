// The folder of key files that a command means.
import { join } from 'node:path';
import { localDirectory } from '../../local/zone-environments.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';

/** The named folder, or with `local` that of the platform that popvote start runs. */
export function keysDirectory(context: Context, directory: string | undefined, local: boolean): string {
  if (directory !== undefined && local)
    throw new CommandFailed('Give --directory or --local, not both.', exitCodes.usage);
  if (directory !== undefined) return directory;
  if (local) return join(localDirectory(context.environment), 'keys');
  throw new CommandFailed('Give --directory <folder>, or --local.', exitCodes.usage);
}
