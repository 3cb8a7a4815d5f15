// docs/configuration.md says of every variable what the schemas say. After a change: npx vitest run test/docs -u
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { launchable, loadEnvironmentSchema } from '../../../src/cli/services.ts';

type Field = { name: string; meaning: string; default: string };

function fieldOf(name: string, field: z.ZodType): Field {
  const parsed = field.safeParse(undefined);
  // A default that is an object came from a text; only plain ones can be shown as they are typed.
  const value = parsed.success && ['string', 'number'].includes(typeof parsed.data) ? String(parsed.data) : '';
  const optional = parsed.success ? value || 'none' : 'required';
  return { name, meaning: field.description ?? '', default: optional };
}

async function tableOf(service: (typeof launchable)[number]): Promise<string> {
  const schema = await loadEnvironmentSchema(service);
  const fields = Object.entries(schema.shape).map(([name, field]) => fieldOf(name, field as z.ZodType));
  const escaped = (text: string): string => text.replaceAll('|', '\\|');
  const rows = fields.map((field) => `| \`${field.name}\` | ${escaped(field.meaning)} | ${escaped(field.default)} |`);
  return [`## ${service}`, '', '| variable | meaning | default |', '|---|---|---|', ...rows, ''].join('\n');
}

test('Every variable of every service has a description', async () => {
  for (const service of launchable) {
    const { shape } = await loadEnvironmentSchema(service);
    for (const [name, field] of Object.entries(shape)) {
      expect((field as z.ZodType).description, `${service}: ${name}`).toMatch(/\w{3}/);
    }
  }
});

test('The table of variables in the documentation is current', async () => {
  const head = [
    '# Configuration',
    '',
    'Each process reads its own variables and nothing else. Any of them may be given as `NAME_FILE`, the path of a file',
    'that holds the value: do so for secrets. Everything that is wrong is told at once, with exit code 78, before a port',
    'opens; `popvote doctor` checks the same, the connections and the rights without starting anything. Every service that',
    'runs looks again once a minute, and `GET /v1/system` of `elections` shows what all of them find.',
    '',
    'This page is made from the schemas (`src/<service>/config.ts`) by a test.',
    '',
  ].join('\n');
  const tables = await Promise.all(launchable.map(tableOf));
  await expect([head, ...tables].join('\n')).toMatchFileSnapshot('../../docs/configuration.md');
});
