// No input of a request may hold a text that cannot be stored: one check of every parameter, query and JSON body, before
// the schema of the route, so that no schema can forget it. Bodies that are streams or bytes are checked by their readers.
// Node's parser rejects NUL in headers, and reads them as Latin-1, which has no surrogates.
import type { FastifyInstance } from 'fastify';
import { isStorableText } from '../../domain/text/storable-text.ts';
import { Problem } from '../../protocol/problem.ts';

const detail = 'Remove the character U+0000, or the half of a character (U+D800 to U+DFFF).';

export function registerStorableInput(app: FastifyInstance): void {
  app.addHook('preValidation', ({ params, query, body }, _reply, done) => {
    if (isStorable(params) && isStorable(query) && isStorable(body)) {
      done();
      return;
    }
    const path = unstorablePath({ params, querystring: query, body }) ?? '';
    done(new Problem('invalid-request', { errors: [{ path, detail }] }));
  });
}

/** Whether every text in an input can be stored. It keeps no paths, because nearly every input can. */
function isStorable(input: unknown): boolean {
  // Not recursive: a body may be nested as deep as its size allows.
  const open = [input];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (!isStorableText(value)) return false;
    } else if (isPlain(value)) {
      for (const name of Object.keys(value)) {
        if (!isStorableText(name)) return false;
        open.push((value as Readonly<Record<string, unknown>>)[name]);
      }
    }
  }
  return true;
}

/** Longest path to a fault that is shown, in characters. */
const pathCharactersMax = 200;

type Member = { readonly value: unknown; readonly name: string; readonly parent: Member | null };

/** Where the first unstorable text is, such as `body/email`, or null. */
function unstorablePath(parts: object): string | null {
  const open: Member[] = [{ value: parts, name: '', parent: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value } = next;
    if (typeof value === 'string' && !isStorableText(value)) return pathOf(next);
    if (!isPlain(value)) continue;
    for (const [name, member] of Object.entries(value)) {
      if (!isStorableText(name)) return pathOf(next);
      if (typeof member === 'string' || typeof member === 'object') open.push({ value: member, name, parent: next });
    }
  }
  return null;
}

function pathOf(member: Member): string {
  const names: string[] = [];
  for (let at = member; at.parent !== null; at = at.parent) names.unshift(at.name);
  return names.join('/').slice(0, pathCharactersMax);
}

/** Lists, and objects of the parsers of JSON and of addresses; neither streams nor bytes. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
