// What the commands on elections have in common: their options, and the call of the service.
import { withElections } from '../../local/elections-client.ts';
import type { ElectionsClient } from '../../local/elections-client.ts';
import { localEnvironment } from '../../local/zone-environments.ts';
import { electionId } from '../../protocol/public-values.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';

export const localPlatformOption = ['--local', 'on the platform that popvote start runs in this folder'] as const;
export const jsonOption = ['--json', 'print JSON'] as const;
export type Options = { local?: true; json?: true };

// The id becomes a part of a path.
export function checkedId(id: string): string {
  if (electionId.safeParse(id).success) return id;
  throw new CommandFailed('An election id has 1 to 64 letters, digits, - and _.', exitCodes.usage);
}

export function calling<Result>(
  context: Context,
  { local }: Options,
  work: (elections: ElectionsClient) => Promise<Result>,
): Promise<Result> {
  return withElections(local ? localEnvironment(context.environment, 'operator') : context.environment, work);
}
