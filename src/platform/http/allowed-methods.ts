// A known address with another method is answered with 405 and `Allow` (RFC 9110, section 15.5.6), and OPTIONS with 204
// and `Allow`, before a body is read. Methods that Node's parser does not know never get here: they are answered 400.
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../protocol/problem.ts';

/** Methods of each pattern of an address. */
type Patterns = Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>;
const tables = new WeakMap<object, Patterns>();

/** Must be called before the first route is registered. */
export function registerAllowedMethods(app: FastifyInstance): void {
  const patterns: Patterns = new Map();
  tables.set(app.server, patterns);
  app.addHook('onRoute', ({ url, method }) => {
    const entry = patterns.get(url) ?? { matches: matcherOf(url), methods: new Set() };
    for (const each of [method].flat()) entry.methods.add(each.toUpperCase());
    patterns.set(url, entry);
  });
  // After the hooks that guard a request and set the headers of its answer.
  app.addHook('preParsing', (request, reply, _payload, done) => {
    const allowed = request.is404 ? methodsAt(patterns, request.url) : new Set();
    if (allowed.size === 0) {
      done();
      return;
    }
    reply.header('allow', [...allowed, 'OPTIONS'].sort().join(', '));
    if (request.method === 'OPTIONS') void reply.code(204).send();
    else done(new Problem('method-not-allowed'));
  });
}

/** Every route of an application, by pattern and method. */
export const routesOf = ({ server }: Pick<FastifyInstance, 'server'>): { url: string; method: string }[] =>
  [...(tables.get(server) ?? [])].flatMap(([url, { methods }]) => [...methods].map((method) => ({ url, method })));

function methodsAt(patterns: Patterns, address: string): Set<string> {
  const path = pathOf(address);
  const found = [...patterns.values()].filter(({ matches }) => matches.test(path));
  return new Set(found.flatMap(({ methods }) => [...methods].filter((method) => method !== 'OPTIONS')));
}

function pathOf(address: string): string {
  // A client may send the whole address (RFC 9112, section 3.2.2).
  const path = address.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#;].*$/s, '');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** A pattern of the router: `:name` is one segment, which may be empty, and `*` is the rest. */
function matcherOf(url: string): RegExp {
  const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const parts = url.split(/(:[A-Za-z]+|\*$)/).map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]*' : literal(part);
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
