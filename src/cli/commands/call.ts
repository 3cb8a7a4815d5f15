// `popvote call`: everything that the control panel does, as a command. The operations come from the OpenAPI documents
// of the services at the time of the call.
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { ownCommands, showAnswer } from '../control/answers.ts';
import { operationNamed, readCatalogue } from '../control/catalogue.ts';
import type { Catalogue } from '../control/catalogue.ts';
import { operationHelp, operationList } from '../control/operation-help.ts';
import type { ControlOperation } from '../control/operations.ts';
import { notLoggedIn, panelClient } from '../control/panel-client.ts';
import type { FileBody, PanelClient } from '../control/panel-client.ts';
import { localOption, originOption, panelOrigin } from '../control/panel-origin.ts';
import type { OriginOptions } from '../control/panel-origin.ts';
import { requestOf } from '../control/request-of.ts';
import type { Given } from '../control/request-of.ts';
import { sessionFile } from '../control/session-file.ts';
import { rollFileBytesMax } from '../../domain/roll/roll-file.ts';
import { TooLarge, bounded, readFileBytes } from '../../platform/files.ts';
import { readJson } from '../../platform/json.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { sendable, sendableFile, unreadable } from '../inputs/file-inputs.ts';

/** Largest JSON body, in bytes: more than any service takes. */
const jsonBytesMax = 8 * 1_048_576;
/** Largest file, in bytes: the limit of a roll. */
const fileBytesMax = rollFileBytesMax;
const stdinName = 'Standard input';

type Options = OriginOptions & {
  readonly body?: string;
  readonly ifMatch?: string;
  readonly json?: true;
  readonly out?: string;
  readonly help?: true;
};

export function callCommand(context: Context): Command {
  const command = new Command('call')
    .description('everything that the control panel does; without an operation: what there is')
    .argument('[operation]', 'such as createElection')
    .argument('[values...]', 'name=value of its parameters, and of the members of its body; JSON where it is no text')
    .helpOption(false)
    .option('--body <file>', 'the body, or the file to upload; - reads standard input')
    .option('--if-match <tag>', 'the version that you looked at (ETag), for operations that change one')
    .option('--json', 'print JSON as it came')
    .option('--out <file>', 'keep the answer in a file')
    .option(...originOption)
    .option(...localOption)
    .option('-h, --help', 'print this help, or that of the operation')
    .addHelpText(
      'after',
      `
Log in first: popvote login. Data goes to standard output, what is said of it to standard error. Exit codes: 0 ok,
1 failed, 2 usage, 3 not found, 4 not allowed, 5 conflict, 6 busy or no answer in time.
Examples:
  $ popvote call                                              what there is
  $ popvote call createElection --help                        what it takes and answers
  $ popvote call createParticipant kind=party name='River Party'
  $ popvote call createElection --body council.json
  $ popvote call uploadBatch electionId=council-2026 --body box-17.csv
  $ popvote call getResultsCsv electionId=council-2026 --out results.csv`,
    );
  return command.action(async (name: string | undefined, values: string[], options: Options) => {
    if (options.help && name === undefined) {
      command.outputHelp();
      return;
    }
    const sessions = sessionFile(context.environment);
    const origin = panelOrigin(context.environment, options) ?? sessions.read()?.origin;
    if (origin === undefined) {
      throw new CommandFailed('You are not logged in. Run: popvote login --email <address>', exitCodes.notAllowed);
    }
    const client = panelClient(origin);
    try {
      const catalogue = await readCatalogue(client);
      const operation = name === undefined ? null : operationNamed(catalogue, name);
      if (operation === null) listAll(context, catalogue, options);
      else if (options.help) context.out(operationHelp(operation));
      else await call(context, { client, catalogue, operation, values, options });
    } finally {
      await client.close();
    }
  });
}

function listAll(context: Context, { operations, unavailable }: Catalogue, { json }: Options): void {
  if (json) {
    const rows = operations.map(({ service, id, summary, roles }) => ({ service, id, summary, roles }));
    context.out(JSON.stringify({ operations: rows }));
  } else context.out(operationList(operations).trimEnd());
  if (unavailable.length > 0) context.say(`No answer at the moment from: ${unavailable.join(', ')}.`);
  context.say('What one of them takes: popvote call <operation> --help');
}

type Call = {
  readonly client: PanelClient;
  readonly catalogue: Catalogue;
  readonly operation: ControlOperation;
  readonly values: readonly string[];
  readonly options: Options;
};

async function call(context: Context, { client, catalogue, operation, values, options }: Call): Promise<void> {
  const own = ownCommands[operation.id];
  if (own !== undefined) {
    throw new CommandFailed(`Tokens come of ${operation.id}, and none is printed. Use: ${own}`, exitCodes.usage);
  }
  const body = await bodyGiven(context, operation, options.body);
  const request = requestOf(operation, { values, ifMatch: options.ifMatch, body }, catalogue.operations);
  const file = request.body.kind === 'file' ? fileBody(context, options.body ?? '-') : undefined;
  const sessions = sessionFile(context.environment);
  const isOpen = operation.roles.length === 0;
  if (!isOpen && sessions.read()?.origin !== client.origin) throw notLoggedIn(client.origin);
  const answer = await (isOpen ? client.send(request, file) : client.sendAs(sessions, request, file));
  await showAnswer(context, catalogue.operations, operation, answer, options);
}

async function bodyGiven(
  context: Context,
  operation: ControlOperation,
  file: string | undefined,
): Promise<Given['body']> {
  if (file === undefined) return { kind: 'none' };
  if (operation.body?.kind !== 'json') return { kind: 'file' };
  const read = readJson(file === '-' ? await readPipe(context) : readOrFail(file));
  if (read.ok) return { kind: 'json', value: read.value };
  throw new CommandFailed(`${file === '-' ? stdinName : file} ${read.fault}`, exitCodes.usage);
}

async function readPipe({ stdin }: Context): Promise<Buffer> {
  try {
    const parts: Buffer[] = [];
    for await (const part of bounded(stdin, jsonBytesMax)) parts.push(part);
    return Buffer.concat(parts);
  } catch (error) {
    throw unreadable(stdinName, error);
  }
}

function fileBody({ stdin }: Context, file: string): FileBody {
  if (file === '-') return { open: () => sendable(stdinName, () => stdin, fileBytesMax), bytes: null, again: false };
  try {
    const stats = statSync(file);
    const open = (): Readable => sendableFile(file, fileBytesMax);
    // A device or a pipe has no size, and can be read once.
    if (!stats.isFile()) return { open, bytes: null, again: false };
    if (stats.size > fileBytesMax) throw new TooLarge(fileBytesMax);
    return { open, bytes: stats.size, again: true };
  } catch (error) {
    throw unreadable(file, error);
  }
}

function readOrFail(file: string): Buffer {
  try {
    return readFileBytes(file, jsonBytesMax);
  } catch (error) {
    throw unreadable(file, error);
  }
}
