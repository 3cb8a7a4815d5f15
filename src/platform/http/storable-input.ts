// No input of a request may hold a text that cannot be stored: one check of every parameter, query and JSON body, before
// the schema of the route, so that no schema can forget it. Bodies that are streams or bytes are checked by their readers.
// Node's parser rejects NUL in headers, and reads them as Latin-1, which has no surrogates.
import type { FastifyInstance } from 'fastify';
import { isStorableText } from '../../domain/text/storable-text.ts';
import { Problem } from '../../protocol/problem.ts';

const detail = 'Remove the character U+0000, or the half of a character (U+D800 to U+DFFF).';

export function registerStorableInput(app: FastifyInstance): void {
  app.addHook('preValidation', ({ params, query, body }, _reply, done) => {
    const path = unstorablePath({ params, querystring: query, body });
    if (path === null) done();
    else done(new Problem('invalid-request', { errors: [{ path, detail }] }));
  });
}

/** Longest path to a fault that is shown, in characters. */
const pathCharactersMax = 200;

type Member = { readonly value: unknown; readonly name: string; readonly parent: Member | null };

/** Where the first unstorable text is, such as `body/email`, or null. */
function unstorablePath(parts: object): string | null {
  // Not recursive: a body may be nested as deep as its size allows.
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
