// The OpenAPI 3.1 document, made from the routes: their schemas give the bodies, their `operation` the answers, each
// with an example. An answer that is not listed here is a bug, and a test compares real answers with it.
import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from '@fastify/type-provider-zod';
import type { FastifyInstance } from 'fastify';
import { problemBodyOf, problemMediaType, problems } from '../protocol/problem.ts';
import type { ProblemCode, ProblemExtras } from '../protocol/problem.ts';
import type { App } from '../platform/http.ts';

type Example = { readonly summary: string; readonly value: unknown };
export type Examples = Readonly<Record<string, Example>>;
export type Answer = {
  readonly description: string;
  /** Media types, each with the name of a schema (or none: text) and its examples. */
  readonly content?: Readonly<Record<string, { readonly schema?: string; readonly examples: Examples }>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What a route adds to its schemas for the document, as `config: { operation }`. */
export type Operation = {
  readonly answers: Readonly<Record<number, Answer>>;
  readonly refusals: readonly ProblemCode[];
  readonly requests?: Examples;
};

/** The `config` of a route that the document describes. */
export function documented(operation: Operation): object {
  return { operation };
}

/** What any call may answer: shed load, a bug, an address or body that cannot be read. */
const refusalsOfAll: readonly ProblemCode[] = ['invalid-request', 'internal', 'busy'];
/** What any call with a body may answer besides. */
const refusalsOfBodies: readonly ProblemCode[] = ['payload-too-large', 'unsupported-media-type'];

const exampleExtras: Partial<Record<ProblemCode, ProblemExtras>> = {
  'invalid-request': { errors: [{ path: 'body/phone', detail: 'Invalid input: expected string, received number' }] },
  'invalid-identity': { errors: [{ path: 'body/identity/number', detail: 'The check digit does not fit the rest.' }] },
  'invalid-phone': { errors: [{ path: 'body/phone', detail: 'Write the whole number with its country code.' }] },
  'invalid-ballot': { errors: [{ path: 'ballot/contests/motion', detail: 'Choose at most 1.' }] },
  'wrong-code': { triesLeft: 3 },
};

/** One kind of answer in JSON. */
export const jsonAnswer = (description: string, schema: string, examples: Examples): Answer => ({
  description,
  content: { 'application/json': { schema, examples } },
});

export async function registerOpenApi(app: App, version: string): Promise<void> {
  const operations = new Map<string, Operation>();
  app.addHook('onRoute', ({ schema, config }) => {
    const { operation } = (config ?? {}) as { operation?: Operation };
    const { operationId } = (schema ?? {}) as { operationId?: string };
    if (operation && operationId) operations.set(operationId, operation);
  });
  await (app as unknown as FastifyInstance).register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'PopVote: the voter’s API',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        description:
          'Three steps to a vote: POST /v1/sessions, prove the phone (GET /v1/sessions/current or …/code), POST ' +
          '/v1/ballots. Refusals are RFC 9457 problems whose `type` ends in a stable code. A request for a ballot that ' +
          'got no answer, or `outcome-unknown`, is sent again with the same bytes: it is counted once.',
      },
      servers: [{ url: '/', description: 'This server.' }],
      tags: [
        { name: 'elections', description: 'Public documents, signed by their publisher.' },
        { name: 'sessions', description: 'Steps 1 and 2: who votes, and the proof of the phone.' },
        { name: 'ballots', description: 'Step 3.' },
      ],
      components: {
        securitySchemes: {
          pendingToken: { type: 'http', scheme: 'bearer', description: 'The token of POST /v1/sessions.' },
          verifiedToken: { type: 'http', scheme: 'bearer', description: 'The token of a verified session.' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => completed(jsonSchemaTransformObject(document) as OpenApi, operations),
  });
}

type Media = { schema?: unknown; examples?: unknown };
type OpenApi = Parameters<typeof jsonSchemaTransformObject>[0] extends infer D
  ? D extends { openapiObject: infer O }
    ? O
    : never
  : never;
type PathOperation = {
  operationId?: string;
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses?: unknown;
};

function completed(document: OpenApi, operations: ReadonlyMap<string, Operation>): OpenApi {
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path ?? {}) as PathOperation[]) {
      const described = operations.get(operation.operationId ?? '');
      if (!described) continue;
      operation.responses = responsesOf(described, operation.requestBody !== undefined);
      const media = operation.requestBody?.content['application/json'];
      if (media && described.requests) media.examples = described.requests;
    }
  }
  const schemas = (document.components?.schemas ?? {}) as Record<string, unknown>;
  for (const unused of unusedSchemas(document.paths, schemas)) Reflect.deleteProperty(schemas, unused);
  return document;
}

function responsesOf({ answers, refusals }: Operation, hasBody: boolean): Record<string, unknown> {
  const responses: Record<string, unknown> = {};
  for (const [status, { description, content, headers }] of Object.entries(answers)) {
    responses[status] = {
      description,
      ...(headers && { headers: headersOf(headers) }),
      ...(content && {
        content: Object.fromEntries(
          Object.entries(content).map(([type, { schema, examples }]) => [
            type,
            { schema: schema ? reference(schema) : { type: 'string' }, examples },
          ]),
        ),
      }),
    };
  }
  const codes = new Set([...refusals, ...(hasBody ? refusalsOfBodies : []), ...refusalsOfAll]);
  for (const code of [...codes].sort((a, b) => problems[a].status - problems[b].status)) addRefusal(responses, code);
  return responses;
}

function addRefusal(responses: Record<string, unknown>, code: ProblemCode): void {
  const { status, title } = problems[code];
  const examples = { [code]: { summary: title, value: problemBodyOf(code, exampleExtras[code]) } };
  const known = responses[status] as { description: string; content: Record<string, { examples: object }> } | undefined;
  const media = known?.content[problemMediaType];
  if (known && media) {
    known.description += ` ${title}.`;
    Object.assign(media.examples, examples);
    return;
  }
  responses[status] = {
    description: `${title}.`,
    ...((status === 429 || status >= 500) && { headers: headersOf({ 'Retry-After': 'Seconds to wait.' }) }),
    ...(status === 401 && { headers: headersOf({ 'WWW-Authenticate': 'Bearer.' }) }),
    content: { [problemMediaType]: { schema: reference('Problem'), examples } },
  };
}

const reference = (schema: string): { $ref: string } => ({ $ref: `#/components/schemas/${schema}` });
const headersOf = (headers: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );

// Every registered schema appears twice, for reading and for writing, whoever uses it.
function unusedSchemas(paths: unknown, schemas: Readonly<Record<string, unknown>>): string[] {
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"/]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(schemas[name]);
    }
  };
  visit(paths);
  return Object.keys(schemas).filter((name) => !used.has(name));
}
