// Turns the words of a command into one request of an operation. Pure: nothing is read or sent here. Errors in the
// words are reported before anything is sent, and secrets are never accepted in them.
import { CommandFailed, exitCodes } from '../context.ts';
import { readJson } from '../../platform/json.ts';
import { kindOf } from './json-schema.ts';
import type { Kind } from './json-schema.ts';
import type { ControlOperation, Parameter } from './operations.ts';

export type Given = {
  /** `name=value` */
  readonly values: readonly string[];
  readonly ifMatch?: string | undefined;
  /** The content of `--body` as JSON, or that a file is to be sent unchanged. */
  readonly body: { readonly kind: 'none' | 'file' } | { readonly kind: 'json'; readonly value: unknown };
};
export type WireRequest = {
  readonly method: ControlOperation['method'];
  /** From the root of the panel, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'json'; readonly text: string }
    | { readonly kind: 'file'; readonly type: string };
};

export function requestOf(
  operation: ControlOperation,
  input: Given,
  siblings: readonly ControlOperation[] = [],
): WireRequest {
  const values = valuesOf(input.values);
  refuseUnknown(operation, values);
  const rest = new Map(values);
  const headers: Record<string, string> = {};
  const query = new URLSearchParams();
  let path = operation.path;
  for (const parameter of operation.parameters) {
    const text = rest.get(parameter.name) ?? (parameter.name.toLowerCase() === 'if-match' ? input.ifMatch : undefined);
    rest.delete(parameter.name);
    if (text === undefined) {
      if (parameter.required) throw usage(missingText(operation, parameter, siblings));
      continue;
    }
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, pathPart(parameter.name, text));
    else if (parameter.in === 'query') query.append(parameter.name, text);
    else headers[parameter.name] = headerValue(parameter.name, text);
  }
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  const body = bodyOf(operation, rest, input.body);
  return { method: operation.method, path: `/api/${operation.service}${path}${search}`, headers, body };
}

function valuesOf(words: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw usage(`Write name=value instead of "${word}".`);
    const name = word.slice(0, at);
    if (values.has(name)) throw usage(`${name} is given twice.`);
    values.set(name, word.slice(at + 1));
  }
  return values;
}

function refuseUnknown({ id, parameters, body }: ControlOperation, values: ReadonlyMap<string, string>): void {
  const names = [...parameters, ...(body?.kind === 'json' ? body.members : [])].map(({ name }) => name);
  const unknown = [...values.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw usage(`${id} takes no ${unknown.join(', ')}. It takes ${names.join(', ') || 'nothing'}.`);
}

// A part of a path must not lead out of it.
function pathPart(name: string, text: string): string {
  if (['', '.', '..'].includes(text)) throw usage(`${name} takes an id, such as those that lists show.`);
  return encodeURIComponent(text);
}

function headerValue(name: string, text: string): string {
  if (/^[!-~]+( [!-~]+)*$/.test(text)) return text;
  throw usage(`${name} takes the characters of a header only, such as '"3"'.`);
}

function missingText(
  { id, path }: ControlOperation,
  { name, in: place }: Parameter,
  siblings: readonly ControlOperation[],
): string {
  if (place !== 'header') return `${id} needs ${name}=…; popvote call ${id} --help says what it is.`;
  const reader = siblings.find((other) => other.path === path && other.method === 'GET');
  const how = reader
    ? `popvote call ${reader.id} ${placesOf(path)} prints it as ETag`
    : 'a reading call prints it as ETag';
  return (
    `${id} needs --${name.toLowerCase()} <tag>: the version that you looked at, so that what somebody else changed ` +
    `meanwhile is not lost. ${how}.`
  );
}

const placesOf = (path: string): string => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}=…`).join(' ');

function bodyOf(
  operation: ControlOperation,
  rest: ReadonlyMap<string, string>,
  input: Given['body'],
): WireRequest['body'] {
  const { id, body } = operation;
  const members = body?.kind === 'json' ? body.members : [];
  const assigned: Record<string, unknown> = {};
  for (const [name, text] of rest) {
    const member = members.find((each) => each.name === name);
    if (!member) continue;
    if (member.secret) {
      throw usage(
        `${name} is a secret, and whatever is written here can be read by every process of this machine. Put the ` +
          'body into a file that only you can read (--body <file>) or send it through a pipe (--body -).',
      );
    }
    assigned[name] = typed(name, text, member.kinds);
  }
  if (!body) {
    if (input.kind !== 'none') throw usage(`${id} takes no body.`);
    return { kind: 'none' };
  }
  if (body.kind === 'file') {
    if (input.kind === 'none') throw usage(`${id} needs a file: --body <file>, or --body - for standard input.`);
    return { kind: 'file', type: body.type };
  }
  const isEmpty = input.kind === 'none' && rest.size === 0;
  if (isEmpty && body.needsMembers) {
    const names = members.map(({ name, required }) => (required ? name : `[${name}]`)).join(', ');
    throw usage(`${id} needs a body: --body <file>, or name=value of ${names}.`);
  }
  return { kind: 'json', text: JSON.stringify(merged(id, input, assigned)) };
}

function merged(id: string, input: Given['body'], assigned: Readonly<Record<string, unknown>>): unknown {
  if (input.kind !== 'json') return assigned;
  if (Object.keys(assigned).length === 0) return input.value;
  if (kindOf(input.value) !== 'object') throw usage(`The body of ${id} is no object: nothing can be set in it.`);
  return { ...(input.value as object), ...assigned };
}

/** Texts need no quotation marks; everything else is JSON. */
function typed(name: string, text: string, kinds: ReadonlySet<Kind>): unknown {
  if (kinds.has('string') && kinds.size === 1) return text;
  const parsed = readJson(Buffer.from(text));
  const kind = parsed.ok ? kindOf(parsed.value) : null;
  if (parsed.ok && kind && (kinds.has(kind) || (kind === 'integer' && kinds.has('number')))) return parsed.value;
  if (kinds.has('string')) return text;
  if (!parsed.ok && parsed.syntax === undefined) throw usage(`${name} ${parsed.fault}`);
  const kindNames = [...kinds].map((each) => article[each]).join(' or ');
  throw usage(
    `${name} takes ${kindNames}${kinds.has('object') || kinds.has('array') ? ' of JSON, in quotation marks' : ''}.`,
  );
}

const article: Readonly<Record<Kind, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

const usage = (message: string): CommandFailed => new CommandFailed(message, exitCodes.usage);
