// Prints the panel's answers for people and for scripts: data on standard output, messages and rejections on standard
// error, and an exit code for each kind of rejection. Texts from a server cannot control the terminal.
import { createWriteStream, openSync, renameSync, statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { parseJson } from '../../platform/json.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { withTemporary } from '../temporary.ts';
import { bodyText, wholeAnswerBytesMax } from './answer-bodies.ts';
import type { ControlOperation } from './operations.ts';
import type { PanelAnswer } from './panel-client.ts';

/** Wrong lines of a file that are listed; the answer in JSON has them all. */
const linesShownMax = 50;

const rejection = z.object({
  code: z.string(),
  title: z.string(),
  detail: z.string().default(''),
  errors: z.array(z.object({ path: z.string(), detail: z.string() })).default([]),
  lines: z.array(z.object({ line: z.int(), detail: z.string() })).default([]),
  linesTotal: z.int().optional(),
});

export type AnswerOptions = { readonly json?: true; readonly out?: string };

/** Prints or stores an answer; throws for a rejection. */
export async function showAnswer(
  context: Context,
  operations: readonly ControlOperation[],
  operation: ControlOperation,
  answer: PanelAnswer,
  options: AnswerOptions,
): Promise<void> {
  const { statusCode, headers, body } = answer;
  if (statusCode >= 300) throw (await showRejection(operations, answer)).failure;
  const described = operation.answers.find(({ status }) => status === statusCode);
  const types = described?.types ?? [];
  if (types.length > 0 && !types.some((type) => type.split(';')[0] === typeOf(headers))) {
    throw new CommandFailed(
      `The panel answered with ${plain(typeOf(headers)) || 'no type'} instead of ${types.join(' or ')}.`,
    );
  }
  for (const name of described?.headers ?? []) {
    const value = headers[name.toLowerCase()];
    if (value !== undefined) context.say(`${name}: ${plain(String(value))}`);
  }
  try {
    if (statusCode === 204) await body.dump();
    else if (options.out !== undefined) await keep(body, options.out);
    else await print(context, typeOf(headers), body, options.json === true);
  } catch (error) {
    if (error instanceof CommandFailed || !isBroken(error)) throw error;
    throw new CommandFailed('The answer broke off: what is printed is not all of it. Try again.', exitCodes.failed);
  }
  if (statusCode === 204) context.say('Done.');
  else if (options.out !== undefined) context.say(`Kept in ${options.out}.`);
}

async function print(context: Context, type: string, body: Readable, isRaw: boolean): Promise<void> {
  if (type === 'text/event-stream') return printEvents(context, body);
  if (type !== 'application/json' || isRaw) {
    await pipeline(body, withoutEnd(context));
    if (type === 'application/json') context.out('');
    return;
  }
  const text = await bodyText(body);
  if (text === null) throw new CommandFailed('The answer is large: use --json, or --out <file>.');
  const value = parseJson(text);
  if (value === undefined) throw new CommandFailed('The answer says that it is JSON, and is not. See it by --out.');
  context.out(laidOut(value));
}

// The process writes to its output after this too. A reader that closed the pipe (`… | head`) is no failure.
const withoutEnd = ({ stdout, isOutputClosed }: Context) =>
  async function (source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of source) {
      if (isOutputClosed()) return;
      if (!stdout.write(chunk)) await drained(stdout);
    }
  };

/** Waits until a stream takes more, or fails. */
const drained = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    const names = ['drain', 'error', 'close'] as const;
    const end = (): void => {
      for (const name of names) stream.off(name, end);
      resolve();
    };
    for (const name of names) stream.on(name, end);
  });

// The data of each event is one line; keep-alive events are skipped.
async function printEvents(context: Context, body: Readable): Promise<void> {
  let rest = '';
  let data = '';
  body.setEncoding('utf8');
  for await (const chunk of body) {
    if (context.isOutputClosed()) return;
    const lines = (rest + String(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length + data.length > wholeAnswerBytesMax) throw new CommandFailed('An event is too large.');
    for (const line of lines) {
      if (line.startsWith('data:')) data += line.slice(5).trim();
      else if (line === '' && data !== '') {
        context.out(escaped(data));
        data = '';
      }
    }
  }
}

async function keep(body: Readable, file: string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    // A device or a pipe is written and stays what it is.
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
      await pipeline(body, createWriteStream(file, { fd: openSync(file, 'w') }));
      return;
    }
    // An interrupted download must not look complete.
    await withTemporary(part, async () => {
      await pipeline(body, createWriteStream(part, { fd: openSync(part, 'wx') }));
      renameSync(part, file);
    });
  } catch (error) {
    if (isBroken(error)) throw error;
    throw new CommandFailed(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
}

/** A rejection's advice, as the failure of the command; `code` is null for answers that are no problem document. */
export async function showRejection(
  operations: readonly ControlOperation[],
  { statusCode, headers, body }: PanelAnswer,
): Promise<{ readonly code: string | null; readonly failure: CommandFailed }> {
  const text = await bodyText(body);
  const exitCode = rejectionCode(statusCode);
  const parsed = rejection.safeParse(parseJson(text ?? ''));
  if (!parsed.success) {
    return { code: null, failure: new CommandFailed(`The panel answered ${statusCode} and says no more.`, exitCode) };
  }
  const { code, title, detail, errors, lines, linesTotal } = parsed.data;
  const retry = headers['retry-after'];
  const more = (linesTotal ?? lines.length) - Math.min(lines.length, linesShownMax);
  const parts = [
    `${plain(title)}. ${asCommands(plain(detail), operations)} [${plain(code)}]`,
    ...errors.map((fault) => `  ${plain(fault.path)}: ${plain(fault.detail)}`),
    ...lines.slice(0, linesShownMax).map(({ line, detail: how }) => `  line ${line}: ${plain(how)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(retry !== undefined ? [`  Try again in ${plain(String(retry))} s.`] : []),
  ];
  return { code, failure: new CommandFailed(parts.join('\n'), exitCode) };
}

/** The exit code of a rejection. */
function rejectionCode(status: number): number {
  if (status === 404) return exitCodes.notFound;
  if (status === 401 || status === 403) return exitCodes.notAllowed;
  if (status === 409 || status === 412) return exitCodes.conflict;
  return [408, 429, 502, 503, 504].includes(status) ? exitCodes.busy : exitCodes.failed;
}

/** "GET /v1/elections lists …" is written for HTTP; here it is a command. */
function asCommands(text: string, operations: readonly ControlOperation[]): string {
  return text.replace(
    /\b(GET|POST|PUT|PATCH|DELETE) (\/v1\/[\w/{}.-]*[\w}])/g,
    (words, method: string, path: string) => {
      const pattern = path.replace(/\{\w+\}/g, '{}');
      const match = operations.find(
        (each) => each.method === method && each.path.replace(/\{\w+\}/g, '{}') === pattern,
      );
      return match ? (ownCommands[match.id] ?? `popvote call ${match.id}`) : words;
    },
  );
}

/** Operations that are commands of their own: their answers contain tokens, which no command prints. */
export const ownCommands: Readonly<Record<string, string>> = {
  logIn: 'popvote login',
  refresh: 'popvote login',
  logOut: 'popvote logout',
};

/** JSON in lines, without characters that control a terminal. */
const laidOut = (value: unknown): string => escaped(JSON.stringify(value, null, 2));
const escaped = (json: string): string =>
  json.replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
const plain = (text: string): string => text.replace(/\p{C}+/gu, ' ');
const typeOf = (headers: PanelAnswer['headers']): string => String(headers['content-type'] ?? '').split(';')[0] ?? '';
const isBroken = (error: unknown): boolean =>
  /^(UND_ERR|ECONN|EPIPE|ERR_STREAM)/.test((error as { code?: string }).code ?? '');
