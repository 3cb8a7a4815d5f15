// The help of `popvote call`: a list of all operations, and one operation with its parameters and answers, from the
// services' own documents.
import { exitCodes } from '../context.ts';
import { ownCommands } from './answers.ts';
import type { Kind } from './json-schema.ts';
import { controlServices } from './operations.ts';
import type { ControlOperation } from './operations.ts';

/** Width of the column of names, in characters. */
const nameWidth = 24;

export function operationList(operations: readonly ControlOperation[]): string {
  const parts = controlServices.map((service) => {
    const lines = operations
      .filter((operation) => operation.service === service)
      .map(({ id, summary, roles }) => `  ${id.padEnd(nameWidth)} ${summary} [${rolesOf(roles)}]${ownCommand(id)}`);
    return lines.length === 0 ? '' : `${service}\n${lines.join('\n')}\n`;
  });
  return parts.filter(Boolean).join('\n');
}

const rolesOf = (roles: readonly string[]): string => (roles.length === 0 ? 'no login' : roles.join(', '));
const ownCommand = (id: string): string => (ownCommands[id] ? ` → ${ownCommands[id]}` : '');

export function operationHelp(operation: ControlOperation): string {
  const { service, id, method, path, summary, description, roles } = operation;
  const parts = [
    `${summary}\n\n${description.replace(/\n\n(Roles: [^\n]*|Needs no token\.)$/, '')}`,
    `${service}: ${method} ${path}\nRoles: ${rolesOf(roles)}`,
    ownCommands[id] ? `This is a command of its own: ${ownCommands[id]}` : `Usage: popvote call ${usageOf(operation)}`,
    parametersText(operation),
    bodyText(operation),
    answersText(operation),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function usageOf({ id, parameters, body }: ControlOperation): string {
  const labels = parameters.map(({ name, in: place, required }) => {
    const text = place === 'header' ? `--${name.toLowerCase()} <tag>` : `${name}=…`;
    return required ? text : `[${text}]`;
  });
  const members = body?.kind === 'json' ? body.members.filter(({ secret }) => !secret) : [];
  const values = members.map(({ name, required }) => (required ? `${name}=…` : `[${name}=…]`));
  const needsFile = body?.kind === 'file' || (body?.members ?? []).some(({ secret, required }) => secret && required);
  const file = body === null ? [] : [needsFile ? '--body <file>' : '[--body <file>]'];
  return [id, ...labels, ...values, ...file].join(' ');
}

function parametersText({ parameters }: ControlOperation): string {
  if (parameters.length === 0) return '';
  const lines = parameters.map((parameter) => lineOf(parameter, ''));
  return `Parameters\n${lines.join('\n')}`;
}

function bodyText({ body }: ControlOperation): string {
  if (!body) return '';
  const examples = body.examples.map(({ summary, value }) => {
    const text = typeof value === 'string' ? value.trimEnd() : JSON.stringify(value, null, 2);
    return `Example (${summary})\n${indented(text)}`;
  });
  if (body.kind === 'file') return [`Body: ${body.type}, sent as it is read`, ...examples].join('\n\n');
  const lines = body.members.map((member) => lineOf(member, member.secret ? ' Secret: only by --body.' : ''));
  return [`Body (--body <file>, or name=value)\n${lines.join('\n')}`, ...examples].join('\n\n');
}

type Named = {
  readonly name: string;
  readonly kinds: ReadonlySet<Kind>;
  readonly choices: readonly string[];
  readonly required: boolean;
  readonly description: string;
};

function lineOf({ name, kinds, choices, required, description }: Named, more: string): string {
  const what = choices.length > 0 ? choices.join(' | ') : [...kinds].join(' or ');
  const whole = [`${what}${required ? ', required' : ''}`, description].filter(Boolean).join('. ');
  return `  ${name.padEnd(nameWidth)} ${whole}${more}`;
}

function answersText({ answers }: ControlOperation): string {
  const good = answers.filter(({ status }) => status < 300);
  const lines = [
    ...good.map(({ status, description, types }) => `  ${status} ${description} ${types.join(', ')}`.trimEnd()),
    ...answers.flatMap(({ status, problems }) => problems.map(({ code, title }) => `  ${status} ${code}: ${title}`)),
  ];
  const { ok, failed, usage, notFound, notAllowed, conflict, busy } = exitCodes;
  const codes =
    `Exit codes: ${ok} ok, ${failed} failed, ${usage} usage, ${notFound} not found (404), ${notAllowed} not allowed ` +
    `(401, 403), ${conflict} conflict (409, 412), ${busy} busy or no answer in time.`;
  return `Answers\n${lines.join('\n')}\n\n${codes}`;
}

const indented = (text: string): string => text.replace(/^/gm, '  ');
