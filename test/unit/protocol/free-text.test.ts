// The law of texts that people write: every string of every request either rejects what a reader cannot see, or is named
// below with the reason why no one reads it. A new field of free text that does not use `writtenText` fails here.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const protocol = join(import.meta.dirname, '../../../src/protocol');
const probe = 'A\u200bB\u202eC';

/** Fields that take any character, by the end of their path. */
const unread: Readonly<Record<string, string>> = {
  password: 'hashed, and never shown',
  currentPassword: 'hashed, and never shown',
  newPassword: 'hashed, and never shown',
  phone: 'cleaned as a typed number',
  number: 'cleaned as a typed number',
  email: 'of a login: looked up, and an unknown one is wrong like a wrong password',
  locale: 'looked up among the languages, and never shown',
  code: 'read as a code, and never shown',
  challenge: 'sealed by the service that reads it',
  actor: 'a filter, compared with what is recorded',
  act: 'a filter, compared with what is recorded',
  objectKind: 'a filter, compared with what is recorded',
  objectId: 'a filter, compared with what is recorded',
  contestId: 'compared with the ids of the election',
  casts: 'each is read by a schema of its own',
  choices: 'compared with the ids of the election',
  title: 'of a published document, checked when it was written',
  organiser: 'of a published document, checked when it was written',
  text: 'of a published notice, checked when it was written',
  column: 'compared with the headings of a file',
  label: 'compared with the headings of a file',
  second: 'a second element is read, as a number is; or a heading of a file',
  search: 'compared with what is stored',
  note: 'of published results, checked when it was written',
  kid: 'compared with the ids of keys',
};

type Leaf = { readonly path: string; readonly schema: z.ZodType };

/** The strings of a schema, each with the path of its field. Only strict objects are requests or signed documents. */
function* stringsOf(schema: z.ZodType, path: string, inRequest: boolean): Generator<Leaf> {
  if (schema instanceof z.ZodObject) {
    const strict = inRequest || schema.def.catchall instanceof z.ZodNever;
    for (const [key, field] of Object.entries(schema.shape))
      yield* stringsOf(field as z.ZodType, `${path}.${key}`, strict);
  } else if (schema instanceof z.ZodArray) yield* stringsOf(schema.element as z.ZodType, path, inRequest);
  else if (schema instanceof z.ZodRecord) yield* stringsOf(schema.valueType as z.ZodType, path, inRequest);
  else if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) yield* stringsOf(option as z.ZodType, path, inRequest);
  } else if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    yield* stringsOf(schema.unwrap() as z.ZodType, path, inRequest);
  } else if (inRequest && accepts(schema)) yield { path, schema };
}

function accepts(schema: z.ZodType): boolean {
  return [probe, probe.repeat(20)].some((text) => {
    const parsed = schema.safeParse(text);
    return parsed.success && JSON.stringify(parsed.data).includes('\u200b');
  });
}

async function exportedSchemas(): Promise<readonly Leaf[]> {
  const files = readdirSync(protocol, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const schemas: Leaf[] = [];
  for (const file of files) {
    const exports = (await import(join(protocol, file))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exports)) {
      if (value instanceof z.ZodType) schemas.push({ path: `${file}:${name}`, schema: value });
    }
  }
  return schemas;
}

const fieldOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

test('Every text of a request rejects hidden characters, or is one that no one reads', async () => {
  const schemas = await exportedSchemas();
  expect(schemas.length).toBeGreaterThan(100);
  const open = schemas.flatMap(({ path, schema }) => [...stringsOf(schema, path, false)]).map(({ path }) => path);
  expect(open.filter((path) => !Object.hasOwn(unread, fieldOf(path)))).toEqual([]);
  // A reason that is no longer needed goes.
  expect(Object.keys(unread).filter((field) => !open.some((path) => fieldOf(path) === field))).toEqual([]);
});

test('A field that takes any text is found by this law', () => {
  const careless = z.strictObject({ inner: z.array(z.strictObject({ motto: z.string().min(1).max(100).optional() })) });
  expect([...stringsOf(careless, 'x', false)].map(({ path }) => path)).toEqual(['x.inner.motto']);
});
