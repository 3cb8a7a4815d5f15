// JSON bodies of requests. A text that two readers may read in two ways is refused (RFC 8259, sections 4 and 8.1): another program
// on its way may take the first of two members with one name, where JSON.parse takes the last, or replace bytes that are no UTF-8.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../protocol/problem.ts';

const fault = (detail: string): Problem => new Problem('invalid-request', { errors: [{ path: 'body', detail }] });

export function registerJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (!isUtf8(bytes)) {
      done(fault('Encode the body in UTF-8.'), undefined);
      return;
    }
    const text = bytes.toString('utf8');
    // The parser answers by its last argument, at once.
    void parse(request, text, (error, value?: unknown) => {
      const repeats = error === null && membersIn(text) !== membersOf(value);
      done(repeats ? fault('Name each member of an object once.') : error, value);
    });
  });
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** How many members the objects of a JSON text have as written: its colons outside of texts. */
function membersIn(text: string): number {
  let members = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === quote) isInText = !isInText;
    else if (isInText) at += unit === backslash ? 1 : 0;
    else if (unit === colon) members += 1;
  }
  return members;
}

/** How many members the objects of a parsed value have. A name that was written twice is there once. */
function membersOf(parsed: unknown): number {
  let members = 0;
  // Not recursive: a body may be nested as deep as its size allows.
  const open = [parsed];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inside: readonly unknown[] = Object.values(value);
    if (!Array.isArray(value)) members += inside.length;
    for (const one of inside) if (typeof one === 'object' && one !== null) open.push(one);
  }
  return members;
}
