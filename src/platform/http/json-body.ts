// JSON bodies of requests. A text that two readers may read in two ways is refused (RFC 8259, sections 4 and 8.1): another program
// on its way may take the first of two members with one name, where JSON.parse takes the last, or replace bytes that are no UTF-8.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../protocol/problem.ts';
import { repeatsMember } from '../json.ts';

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
      const repeats = error === null && repeatsMember(text, value);
      done(repeats ? fault('Name each member of an object once.') : error, value);
    });
  });
}
