// The part of JSON Schema that is needed to turn `name=value` into the right kind of JSON. The service validates the
// value.
import { z } from 'zod';

export type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';
const kinds: readonly Kind[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** How deep references may lead. */
const depthMax = 16;

export type JsonSchema = {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly allOf?: readonly JsonSchema[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly writeOnly?: boolean | undefined;
};
export type Schemas = Readonly<Record<string, JsonSchema>>;

export const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(jsonSchema).optional(),
    oneOf: z.array(jsonSchema).optional(),
    allOf: z.array(jsonSchema).optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    required: z.array(z.string()).optional(),
    description: z.string().optional(),
    writeOnly: z.boolean().optional(),
  }),
);

/** A member of a body. */
export type Member = {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly kinds: ReadonlySet<Kind>;
  /** The texts that it may be, where they are enumerated. */
  readonly choices: readonly string[];
  /** Write-only: must not appear in the list of processes. */
  readonly secret: boolean;
};

/** The members of a body, and whether it must have any. */
export function membersOf(
  schema: JsonSchema,
  schemas: Schemas,
): { readonly members: readonly Member[]; readonly needsMembers: boolean } {
  const parts = partsOf(schema, schemas);
  const members = new Map<string, Member>();
  for (const { properties = {}, required = [] } of parts) {
    for (const [name, property] of Object.entries(properties)) {
      const parts = partsOf(property, schemas);
      members.set(name, {
        name,
        required: required.includes(name),
        kinds: kindsOf(property, schemas),
        choices: choicesOf(property, schemas),
        description: parts.find(({ description }) => description !== undefined)?.description ?? '',
        secret: hasSecret(property, schemas),
      });
    }
  }
  return { members: [...members.values()], needsMembers: parts.some(({ required = [] }) => required.length > 0) };
}

function hasSecret(schema: JsonSchema, schemas: Schemas, depth = 0): boolean {
  if (depth > depthMax) return false;
  return partsOf(schema, schemas).some(
    ({ writeOnly, properties = {} }) =>
      writeOnly === true || Object.values(properties).some((property) => hasSecret(property, schemas, depth + 1)),
  );
}

/** The JSON types that a schema accepts; all of them where it does not say. */
export function kindsOf(schema: JsonSchema, schemas: Schemas): ReadonlySet<Kind> {
  const names = partsOf(schema, schemas).flatMap(({ type, enum: values, ...rest }) => {
    if (type !== undefined) return [type].flat();
    return [...(values ?? []), ...('const' in rest && rest.const !== undefined ? [rest.const] : [])].map(kindOf);
  });
  const matches = kinds.filter((kind) => names.includes(kind));
  return new Set(matches.length === 0 ? kinds : matches);
}

/** The texts that a value may be; empty where it may be others too. */
export function choicesOf(schema: JsonSchema, schemas: Schemas): readonly string[] {
  const texts = partsOf(schema, schemas).flatMap(({ enum: values = [] }) => values);
  return [...new Set(texts.filter((value) => typeof value === 'string'))];
}

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'string' | 'boolean' | 'object';
}

// A schema with everything that it references or combines, itself first.
function partsOf(schema: JsonSchema, schemas: Schemas, depth = 0): readonly JsonSchema[] {
  if (depth > depthMax) return [];
  const { $ref, anyOf = [], oneOf = [], allOf = [] } = schema;
  const referred = schemas[$ref?.replace('#/components/schemas/', '') ?? ''];
  const others = [...(referred ? [referred] : []), ...anyOf, ...oneOf, ...allOf];
  return [schema, ...others.flatMap((other) => partsOf(other, schemas, depth + 1))];
}
