// The variables of the popvote command that belong to no service: what docs/configuration.md says of them.
import { z } from 'zod';
import { defaultDirectory } from '../local/settings.ts';

const text = z.string().min(1).optional();

export const commandEnvironment = z.object({
  POPVOTE_DIRECTORY: z
    .string()
    .default(defaultDirectory)
    .describe('Folder of the local platform that commands with --local mean.'),
  POPVOTE_SESSION_FILE: text.describe(
    'File of the session that popvote login opens; else popvote/session.json in XDG_STATE_HOME.',
  ),
  XDG_STATE_HOME: text.describe('Folder of the states of programs; else .local/state in HOME.'),
  HOME: text.describe('Home folder of the user; else that of the account.'),
  POPVOTE_END_WITH_PARENT: text.describe(
    'true: popvote serve ends when the process that started it has ended. Set by popvote start, tests and benches.',
  ),
  BALLOTS_ELECTION_KEYS_DIRECTORY: text.describe(
    'Folder of the per-election key files, of which popvote keys destroys those that are no longer needed.',
  ),
});
