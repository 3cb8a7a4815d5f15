// docs/configuration.md says of every variable what the schemas say. After a change: npm run test:unit -- test/unit/docs -u
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { commandEnvironment } from '../../../src/cli/command-environment.ts';
import { adminEnvironment } from '../../../src/cli/commands/admin.ts';
import { migrateEnvironment } from '../../../src/cli/commands/migrate.ts';
import { launchable, loadEnvironmentSchema } from '../../../src/cli/services.ts';
import { clientEnvironment } from '../../../src/local/elections-client.ts';
import { startEnvironment } from '../../../src/local/settings.ts';
import { codeOf, sourceFiles } from '../../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../../..');
type Schema = { readonly shape: Readonly<Record<string, z.ZodType>> };
type Field = { name: string; meaning: string; default: string };

const services = Object.fromEntries(
  await Promise.all(
    launchable.map(async (name) => [name, (await loadEnvironmentSchema(name)) as unknown as Schema] as const),
  ),
);
const commands: Readonly<Record<string, Schema>> = {
  'npm start': startEnvironment,
  'popvote migrate': migrateEnvironment,
  'popvote admin': adminEnvironment,
  'popvote election': clientEnvironment,
  'Other variables of the popvote command': commandEnvironment,
};

/** What a variable is for; `npm start` passes most on to a service, whose schema says it. */
function meaningOf(name: string, field: z.ZodType): string {
  const schemas = Object.values(services);
  return field.description ?? schemas.map(({ shape }) => shape[name]?.description).find(Boolean) ?? '';
}

function fieldOf(name: string, field: z.ZodType): Field {
  const parsed = field.safeParse(undefined);
  // A default that is an object came from a text; only plain ones can be shown as they are typed.
  const value = parsed.success && ['string', 'number'].includes(typeof parsed.data) ? String(parsed.data) : '';
  const optional = parsed.success ? value || 'none' : 'required';
  return { name, meaning: meaningOf(name, field), default: optional };
}

function tableOf([title, { shape }]: readonly [string, Schema]): string {
  const fields = Object.entries(shape).map(([name, field]) => fieldOf(name, field));
  const escaped = (text: string): string => text.replaceAll('|', '\\|');
  const rows = fields.map((field) => `| \`${field.name}\` | ${escaped(field.meaning)} | ${escaped(field.default)} |`);
  return [`## ${title}`, '', '| variable | meaning | default |', '|---|---|---|', ...rows, ''].join('\n');
}

test('Every variable of every service and command has a description', () => {
  for (const [title, { shape }] of [...Object.entries(services), ...Object.entries(commands)]) {
    for (const [name, field] of Object.entries(shape))
      expect(meaningOf(name, field), `${title}: ${name}`).toMatch(/\w{3}/);
  }
});

test('The table of variables in the documentation is current', async () => {
  const head = [
    '# Configuration',
    '',
    'Each process reads its own variables and nothing else. Any of them may be given as `NAME_FILE`, the path of a file',
    'that holds the value: do so for secrets. Everything that is wrong is reported at once, with exit code 78, before a port',
    'opens; `popvote doctor` checks the same, the connections and the rights without starting anything. Every service that',
    'runs checks again once a minute, and `GET /v1/system` of `elections` shows what all of them find.',
    '',
    'The services come first, then `npm start` (`popvote start`) and the other commands. The format of `SMS_PROVIDERS` is in',
    '[SMS providers](sms-providers.md).',
    '',
    'This page is made from the schemas (`src/services/<name>/config.ts`, `src/local/settings.ts` and `src/cli/`) by a test.',
    '',
  ].join('\n');
  const tables = [...Object.entries(services), ...Object.entries(commands)].map(tableOf);
  await expect([head, ...tables].join('\n')).toMatchFileSnapshot('../../../docs/configuration.md');
});

test('No variable that the sources read by name is missing', () => {
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const names = sourceFiles(root).flatMap((file) =>
    [...codeOf(file).matchAll(/\benvironment\['([A-Z][A-Z_]+?)(?:_FILE)?'\]/g)].map(([, name]) => name ?? ''),
  );
  expect(names.length).toBeGreaterThan(5);
  // The file of a session is a setting of its own, and no secret given as a file.
  const missing = names.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`\`${name}_FILE\``));
  expect(missing).toEqual([]);
});
