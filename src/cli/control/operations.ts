// The operations of the control panel's services, read from their OpenAPI documents at the time of the call, so that a
// new operation is a command at once. Nothing is cached.
import { z } from 'zod';
import { choicesOf, jsonSchema, kindsOf, membersOf } from './json-schema.ts';
import type { Kind, Member, Schemas } from './json-schema.ts';

export const controlServices = ['access', 'elections', 'officials'] as const;
export type ControlService = (typeof controlServices)[number];

export type Example = { readonly summary: string; readonly value: unknown };
export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly kinds: ReadonlySet<Kind>;
  readonly choices: readonly string[];
};
export type Body =
  | {
      readonly kind: 'json';
      readonly members: readonly Member[];
      /** Whether something must be in it. */
      readonly needsMembers: boolean;
      readonly examples: readonly Example[];
    }
  /** Sent unchanged. */
  | { readonly kind: 'file'; readonly type: string; readonly examples: readonly Example[] };
export type OperationAnswer = {
  readonly status: number;
  readonly description: string;
  readonly types: readonly string[];
  readonly headers: readonly string[];
  readonly problems: readonly { readonly code: string; readonly title: string }[];
};
export type ControlOperation = {
  readonly service: ControlService;
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** Empty: it needs no login. */
  readonly roles: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly body: Body | null;
  readonly answers: readonly OperationAnswer[];
};

const examples = z.record(z.string(), z.object({ summary: z.string().default(''), value: z.unknown() })).default({});
const media = z.object({ schema: jsonSchema.optional(), examples });
const described = z.object({
  operationId: z.string().regex(/^[A-Za-z]\w*$/),
  summary: z.string().default(''),
  description: z.string().default(''),
  'x-roles': z.array(z.string()).default([]),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean().default(false),
        description: z.string().default(''),
        schema: jsonSchema,
      }),
    )
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), media) }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.object({
      description: z.string().default(''),
      headers: z.record(z.string(), z.unknown()).default({}),
      content: z.record(z.string(), media).default({}),
    }),
  ),
});
type Described = z.infer<typeof described>;
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const openApi = z.object({
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(methods), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), jsonSchema).default({}) }).default({ schemas: {} }),
});

/** The operations of a service's document; null for an invalid document. */
export function operationsOf(service: ControlService, document: unknown): readonly ControlOperation[] | null {
  const parsed = openApi.safeParse(document);
  if (!parsed.success) return null;
  const { paths, components } = parsed.data;
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const parsed = described.safeParse(item[method]);
      if (!parsed.success) return [];
      return [
        operationOf(service, method.toUpperCase() as ControlOperation['method'], path, parsed.data, components.schemas),
      ];
    }),
  );
}

function operationOf(
  service: ControlService,
  method: ControlOperation['method'],
  path: string,
  from: Described,
  schemas: Schemas,
): ControlOperation {
  const { operationId: id, summary, description } = from;
  return {
    service,
    id,
    method,
    path,
    summary,
    description,
    roles: from['x-roles'],
    parameters: from.parameters.map(({ schema, ...parameter }) => ({
      ...parameter,
      kinds: kindsOf(schema, schemas),
      choices: choicesOf(schema, schemas),
    })),
    body: from.requestBody ? bodyOf(from.requestBody.content, schemas) : null,
    answers: Object.entries(from.responses).map(([status, answer]) => ({
      status: Number(status),
      description: answer.description,
      types: Object.keys(answer.content),
      headers: Object.keys(answer.headers),
      problems: Object.entries(answer.content['application/problem+json']?.examples ?? {}).map(
        ([code, { summary: title }]) => ({ code, title }),
      ),
    })),
  };
}

function bodyOf(content: NonNullable<Described['requestBody']>['content'], schemas: Schemas): Body | null {
  const json = content['application/json'];
  if (json) {
    const { members, needsMembers } = membersOf(json.schema ?? {}, schemas);
    return { kind: 'json', members, needsMembers, examples: Object.values(json.examples) };
  }
  // Browsers use the form; its file can be sent by itself.
  const [type, file] = Object.entries(content).find(([name]) => !name.startsWith('multipart/')) ?? [];
  if (type === undefined || !file) return null;
  return { kind: 'file', type, examples: Object.values(file.examples) };
}
