// The OpenAPI 3.1 document of a service, generated from its routes: their schemas describe the bodies, their
// `operation` the answers with examples, and their roles the callers. An answer that is not listed is a bug.
import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from '@fastify/type-provider-zod';
import type { FastifyInstance } from 'fastify';
import { problemBodyOf, problemCodesOf, problemMediaType, problems } from '../../protocol/problem.ts';
import type { ProblemCode, ProblemExtras } from '../../protocol/problem.ts';
import type { App } from './http.ts';
import { allowanceOf } from './role-guard.ts';
import type { Allowance } from './role-guard.ts';

type Example = { readonly summary: string; readonly value: unknown };
export type Examples = Readonly<Record<string, Example>>;
export type Answer = {
  readonly description: string;
  /** Media types, each with the name of a schema (or none: text) and its examples. */
  readonly content?: Readonly<Record<string, { readonly schema?: string; readonly examples: Examples }>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Additions of a route to its schemas for the document, as `config: { operation }`. */
export type Operation = {
  readonly answers: Readonly<Record<number, Answer>>;
  readonly rejections: readonly ProblemCode[];
  readonly requests?: Examples;
  /** Bodies that are read as a stream and have no zod schema: media types with their JSON schemas and examples. */
  readonly streams?: Readonly<Record<string, { readonly schema: object; readonly examples: Examples }>>;
};

/** The part of a route's `config` for the document. */
export function documented(operation: Operation): object {
  return { operation };
}

/** An answer with a JSON body. */
export const jsonAnswer = (description: string, schema: string, examples: Examples): Answer => ({
  description,
  content: { 'application/json': { schema, examples } },
});

export type Described = {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly securitySchemes: Readonly<Record<string, { type: 'http'; scheme: 'bearer'; description: string }>>;
  /** Additional fields in the example of a rejection, by problem code. */
  readonly exampleExtras: Readonly<Partial<Record<ProblemCode, ProblemExtras>>>;
};

type Noted = { readonly operation: Operation; readonly allowed: Allowance['allowed'] | null };

/** Records every route that is registered after this. The document is `app.swagger()`. */
export async function registerOpenApi(app: App, described: Described): Promise<void> {
  const noted = new Map<string, Noted>();
  app.addHook('onRoute', ({ schema, config }) => {
    const { operation } = (config ?? {}) as { operation?: Operation };
    const { operationId } = (schema ?? {}) as { operationId?: string };
    if (operation && operationId) noted.set(operationId, { operation, allowed: allowanceOf(config) });
  });
  const { title, version, description } = described;
  await (app as unknown as FastifyInstance).register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      tags: [...described.tags],
      components: { securitySchemes: described.securitySchemes },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => completed(jsonSchemaTransformObject(document) as OpenApi, noted, described),
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
  description?: string;
  security?: unknown;
  'x-roles'?: unknown;
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses?: unknown;
};

function completed(document: OpenApi, noted: ReadonlyMap<string, Noted>, described: Described): OpenApi {
  for (const path of Object.values(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(path ?? {}) as [string, PathOperation][]) {
      const route = noted.get(operation.operationId ?? '');
      if (!route) continue;
      const { streams } = route.operation;
      if (streams) operation.requestBody = { required: true, content: streams };
      operation.responses = responsesOf(
        route,
        { hasBody: operation.requestBody !== undefined, method },
        described.exampleExtras,
      );
      const media = operation.requestBody?.content['application/json'];
      if (media && route.operation.requests) media.examples = route.operation.requests;
      if (route.allowed !== null) showRoles(operation, route.allowed);
    }
  }
  // Relative to the address of the document: the panel serves the same API below another path.
  document.servers = [{ url: '.', description: 'This server.' }];
  const schemas = (document.components?.schemas ?? {}) as Record<string, unknown>;
  for (const unused of unusedSchemas(document.paths, schemas)) Reflect.deleteProperty(schemas, unused);
  return document;
}

function showRoles(operation: PathOperation, allowed: Allowance['allowed']): void {
  const roles = allowed === 'everyone' ? 'Needs no token.' : `Roles: ${allowed.join(', ')}.`;
  operation.description = [operation.description, roles].filter(Boolean).join('\n\n');
  operation['x-roles'] = allowed === 'everyone' ? [] : [...allowed];
  operation.security = allowed === 'everyone' ? [] : [{ accessToken: [] }];
}

function responsesOf(
  { operation, allowed }: Noted,
  { hasBody, method }: { readonly hasBody: boolean; readonly method: string },
  exampleExtras: Described['exampleExtras'],
): Record<string, unknown> {
  const responses: Record<string, unknown> = {};
  for (const [status, { description, content, headers }] of Object.entries(operation.answers)) {
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
  const guarded = allowed !== null && allowed !== 'everyone';
  const codes = new Set<ProblemCode>([
    ...operation.rejections,
    ...(guarded ? problemCodesOf('every-role') : []),
    ...(allowed !== null && method !== 'get' ? problemCodesOf('every-change') : []),
    ...problemCodesOf('every-call'),
    ...(hasBody ? problemCodesOf('every-body') : []),
  ]);
  for (const code of [...codes].sort((a, b) => problems[a].status - problems[b].status)) {
    addRejection(responses, code, exampleExtras[code]);
  }
  return responses;
}

function addRejection(responses: Record<string, unknown>, code: ProblemCode, extras: ProblemExtras | undefined): void {
  const { status, title } = problems[code];
  const examples = { [code]: { summary: title, value: problemBodyOf(code, extras) } };
  const existing = responses[status] as
    { description: string; content: Record<string, { examples: object }> } | undefined;
  const media = existing?.content[problemMediaType];
  if (existing && media) {
    existing.description += ` ${title}.`;
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

// Every registered schema appears twice, for reading and for writing, even if it is not used.
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
