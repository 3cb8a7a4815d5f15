// A service's environment: parses strings into a typed object, or lists all faults at once. A variable is set as NAME
// or, for secrets, as NAME_FILE. Values are never printed, because one of them may be a secret.
import { z } from 'zod';
import { readTextFile, whyUnreadable } from './files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration cannot be used. `problems` has a line for each fault. Exit code 78 (EX_CONFIG, sysexits). */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}
export const configurationExitCode = 78;

export function readEnvironment<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = valueOf(name, environment, problems);
    if (value !== undefined && value !== '') values[name] = value;
  }
  const unreadable = new Set(problems.map((problem) => problem.split('_FILE:')[0]));
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = issue.path.map(String).join('.');
      if (unreadable.has(name)) continue; // already reported, more precisely
      const isSet = values[String(issue.path[0])] !== undefined;
      problems.push(`${name || 'environment'}: ${isSet ? issue.message : `not set. ${describe(schema, name)}`}`);
    }
  }
  if (problems.length > 0 || !parsed.success) throw new ConfigurationError(problems);
  return parsed.data;
}

function valueOf(name: string, environment: Environment, problems: string[]): string | undefined {
  // Compose files pass empty variables for variables that are not set: empty is absent. Other values are taken as they
  // are: a blank in one is a fault.
  const given = environment[name];
  const value = given?.trim() === '' ? undefined : given;
  const file = environment[`${name}_FILE`]?.trim();
  if (!file) return value;
  if (value) {
    problems.push(`${name}: is set twice, as ${name} and as ${name}_FILE. Keep one.`);
    return value;
  }
  try {
    return readTextFile(file).trim();
  } catch (error) {
    problems.push(`${name}_FILE: cannot be read (${whyUnreadable(error)}).`);
    return undefined;
  }
}

function describe(schema: z.ZodObject, name: string): string {
  const field = schema.shape[name] as z.ZodType | undefined;
  return field?.description ?? '';
}

/** A field whose value is JSON that matches a schema, such as a key file (set by NAME_FILE). */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON.' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
