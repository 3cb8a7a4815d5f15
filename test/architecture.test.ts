// The laws of the source tree, executed: imports between parts, and the form of files. Each law is proven in the same run by a
// planted file that breaks it, in a copy of the tree.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { IForbiddenRuleType, IReachabilityForbiddenRuleType, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { afterAll, describe, expect, test } from 'vitest';
import { codeOf, exportedNames, importsOf, sourceFiles } from './support/laws/source-tree.ts';
import type { Imports, SourceFile } from './support/laws/source-tree.ts';

const root = dirname(import.meta.dirname);
const launchers = ['cli', 'local'];
/** Most files in one folder. */
const folderFilesMax = 25;
/** Longest file of the sources, in lines. */
const fileLinesMax = 300;
/** The same for all texts of a language, which are one table in one file so that a language is added in one place. */
const languageLinesMax = 400;

/** Of test/support: what starts servers, or services from dist. */
const serverSupport = ['servers', 'database', 'own-redis', 'popvote', 'processes', 'service-process'];

const service = '^src/services/([^/]+)/';
const withoutDatabase = ['services/api', 'services/sms', 'services/officials', 'services/panel', 'pages'];
const npm = (...names: string[]): string => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

type ImportRule = Pick<IRegularForbiddenRuleType, 'from' | 'to'> | Pick<IReachabilityForbiddenRuleType, 'from' | 'to'>;
type ImportLaw = ImportRule & { breach: Record<string, string> };

/** Each law with a file that breaks it. `breach` maps a path to its text; the last one is the offender. */
const importLaws: Record<string, ImportLaw> = {
  'The domain imports nothing from outside the domain.': {
    from: { path: '^src/domain/' },
    to: { pathNot: '^src/domain/' },
    breach: { 'src/domain/planted.ts': "import 'node:fs';" },
  },
  'The protocol imports only zod, the domain and itself.': {
    from: { path: '^src/protocol/' },
    to: { pathNot: ['^src/(protocol|domain)/', npm('zod')] },
    breach: { 'src/protocol/planted.ts': "import { createHash } from 'node:crypto'; createHash('md5');" },
  },
  'The store imports only pg, node-pg-migrate, the domain, Node and itself.': {
    from: { path: '^src/store/' },
    to: { pathNot: ['^src/(store|domain)/', npm('pg', 'node-pg-migrate')], dependencyTypesNot: ['core'] },
    breach: { 'src/store/planted.ts': "import '../protocol/problem.ts';" },
  },
  'The platform knows no election, no table and no service.': {
    from: { path: '^src/platform/' },
    to: { path: '^src/', pathNot: '^src/(platform|protocol|domain/text)/' },
    breach: { 'src/platform/planted.ts': "import '../domain/election.ts';" },
  },
  'Services never import each other.': {
    from: { path: service },
    to: { path: service, pathNot: '^src/services/$1/' },
    breach: {
      'src/services/api/planted-neighbour.ts': "import '../sms/planted.ts';",
      'src/services/sms/planted.ts': 'export const a = 1;',
    },
  },
  'Services never import the command line or the local platform.': {
    from: { path: service },
    to: { path: `^src/(${launchers.join('|')})/` },
    breach: { 'src/services/ballots/planted.ts': "import '../../local/redis.ts';" },
  },
  'Only the store imports pg, even for a type.': {
    from: { path: '^src/', pathNot: '^src/store/' },
    to: { path: npm('pg', 'pg-[^/]+', 'node-pg-migrate') },
    breach: { 'src/services/mixer/planted.ts': "import type { Pool } from 'pg'; export type A = Pool;" },
  },
  'Nothing that the public services and pages reach is the store or pg.': {
    from: { path: `^src/(${withoutDatabase.join('|')})/` },
    to: { path: ['^src/store/', npm('pg')], reachable: true },
    breach: {
      'src/platform/planted-detour.ts': "import '../store/database.ts';",
      'src/services/api/planted-reach.ts': "import '../../platform/planted-detour.ts';",
    },
  },
  'The verifier imports only itself and Node, so that it shares no fault with what it verifies.': {
    from: { path: '^src/verifier/' },
    to: { pathNot: '^src/verifier/', dependencyTypesNot: ['core'] },
    breach: { 'src/verifier/planted.ts': "import '../domain/election.ts';" },
  },
  'Nothing imports the verifier.': {
    from: { path: '^src/', pathNot: '^src/verifier/' },
    to: { path: '^src/verifier/' },
    breach: { 'src/services/api/planted-verifier.ts': "import '../../verifier/documents/strict-json.ts';" },
  },
  'What herald reaches is no database and no Redis.': {
    from: { path: '^src/services/herald/' },
    to: {
      path: ['^src/store/', '^src/platform/redis\\.ts$', npm('pg', 'ioredis')],
      reachable: true,
    },
    breach: {
      'src/platform/planted-redis-detour.ts': "import './redis.ts';",
      'src/services/herald/planted-reach.ts': "import '../../platform/planted-redis-detour.ts';",
    },
  },
  'What log reaches is no Redis and no call of another service.': {
    from: { path: '^src/services/log/' },
    to: { path: ['^src/platform/redis\\.ts$', '^src/platform/private-calls/', npm('ioredis')], reachable: true },
    breach: {
      'src/platform/planted-call-detour.ts': "import './private-calls/slots.ts';",
      'src/services/log/planted-reach.ts': "import '../../platform/planted-call-detour.ts';",
    },
  },
  'Nothing that the services of voters reach writes traces, which would tie a ballot to a time and an address.': {
    from: { path: '^src/services/(api|sms|ballots|mixer|log|herald)/' },
    to: {
      path: ['^src/platform/tracing/(open-tracing|export-traces)\\.ts$', npm('@opentelemetry/(sdk|exporter)[^/]+')],
      reachable: true,
    },
    breach: {
      'src/platform/planted-trace-detour.ts': "import './tracing/open-tracing.ts';",
      'src/services/api/planted-trace.ts': "import '../../platform/planted-trace-detour.ts';",
    },
  },
  'OpenTelemetry is imported only by tracing/export-traces.ts.': {
    from: { path: '^src/', pathNot: '^src/platform/tracing/export-traces\\.ts$' },
    to: { path: npm('@opentelemetry/[^/]+') },
    breach: { 'src/platform/planted-span.ts': "import { trace } from '@opentelemetry/api'; trace;" },
  },
  'Its libraries are loaded only when a setting asks for traces.': {
    from: { path: '^src/' },
    to: { path: '^src/platform/tracing/export-traces\\.ts$', dynamic: false },
    breach: { 'src/platform/planted-tracing.ts': "import './tracing/export-traces.ts';" },
  },
  'jose is imported only by the platform.': {
    from: { path: '^src/', pathNot: '^src/platform/' },
    to: { path: npm('jose') },
    breach: { 'src/services/api/planted-token.ts': "import { jwtDecrypt } from 'jose'; jwtDecrypt;" },
  },
  'ioredis is imported only by platform/redis.ts.': {
    from: { path: '^src/', pathNot: '^src/platform/redis\\.ts$' },
    to: { path: npm('ioredis') },
    breach: { 'src/services/sms/planted-redis.ts': "import type { Redis } from 'ioredis'; export type A = Redis;" },
  },
  'Only the command line imports a main.ts.': {
    from: { path: '^src/', pathNot: '^src/cli/' },
    to: { path: '/main\\.ts$' },
    breach: { 'src/local/planted.ts': "import '../services/api/main.ts';" },
  },
  'The command line loads a service only when it starts it.': {
    from: { path: '^src/cli/' },
    to: { path: '/main\\.ts$', dynamic: false },
    breach: { 'src/cli/planted.ts': "import '../services/api/main.ts';" },
  },
  'Pages import only pages, the protocol, the domain, zod, what draws a QR code and the libraries of the panel.': {
    // What builds them runs on a developer's machine and is no page.
    from: { path: '^src/pages/', pathNot: '^src/pages/build/' },
    to: {
      pathNot: [
        '^src/(pages|protocol|domain)/',
        npm('zod', 'lean-qr', 'preact', 'wouter-preact', '@tanstack/preact-query', '@noble/hashes'),
      ],
    },
    breach: { 'src/pages/planted.ts': "import '../platform/clock.ts';" },
  },
  'Of the pages, services import only the public ones.': {
    from: { path: service },
    to: { path: '^src/pages/', pathNot: '^src/pages/public/' },
    breach: { 'src/services/api/planted-page.ts': "import '../../pages/shared/pauses.ts';" },
  },
  'The public pages that services render import only the protocol, the domain and themselves.': {
    from: { path: '^src/pages/public/', pathNot: '^src/pages/public/(?:check|roll|share)/' },
    to: { pathNot: ['^src/(protocol|domain)/', '^src/pages/public/(?!(?:check|roll|share)/)'] },
    breach: { 'src/pages/public/planted.ts': "import '../shared/pauses.ts';" },
  },
  'The voter pages, the public pages and the panel share only pages/shared and the languages.': {
    from: {
      path: '^src/pages/(voter|public|panel|shared)/',
      pathNot: '^src/pages/panel/preview\\.ts$',
    },
    to: { path: '^src/pages/', pathNot: ['^src/pages/(shared|$1)/', '^src/pages/public/languages/'] },
    breach: { 'src/pages/voter/planted.ts': "import '../panel/words.ts';" },
  },
  'Of the public pages, the others import only the languages.': {
    from: { path: '^src/pages/(voter|panel|shared)/' },
    to: { path: '^src/pages/public/', pathNot: '^src/pages/public/languages/' },
    breach: { 'src/pages/panel/planted.ts': "import '../public/words.ts';" },
  },
  'The languages import only the domain, the protocol and themselves.': {
    from: { path: '^src/pages/public/languages/' },
    to: { pathNot: '^src/(domain|protocol|pages/public/languages)/' },
    breach: { 'src/pages/public/languages/planted.ts': "import '../html.ts';" },
  },
  'In the browser, a language is loaded only when it is read, and the results of the panel are in English.': {
    from: { path: '^src/pages/(voter|panel|shared|guide)/', pathNot: '^src/pages/panel/results/result-sentence\\.ts$' },
    to: { path: '^src/pages/public/languages/(texts/|all-texts\\.ts$)', dynamic: false },
    breach: { 'src/pages/voter/planted-language.ts': "import '../public/languages/all-texts.ts';" },
  },
  'Nothing imports in a circle.': {
    from: { path: '^src/' },
    to: { circular: true },
    breach: {
      'src/domain/planted-a.ts': "import { b } from './planted-b.ts'; export const a = b;",
      'src/domain/planted-b.ts': "import { a } from './planted-a.ts'; export const b = a;",
    },
  },
  'Every import is found.': {
    from: { path: '^src/' },
    to: { couldNotResolve: true },
    breach: { 'src/services/api/planted-gap.ts': "import './nowhere.ts';" },
  },
  'Unit tests reach nothing that starts a server or runs the build.': {
    from: { path: '^test/unit/' },
    to: {
      path: [`^test/support/(${serverSupport.join('|')})\\.ts$`, '^src/local/(postgres|redis)\\.ts$'],
      reachable: true,
    },
    breach: {
      'test/support/planted-detour.ts': "import './servers.ts';",
      'test/unit/planted-server.test.ts': "import '../support/planted-detour.ts';",
    },
  },
  'No development package is imported.': {
    from: { path: '^src/', pathNot: ['^src/local/', '^src/pages/build/'] },
    to: { dependencyTypes: ['npm-dev'], pathNot: npm('pg') },
    breach: { 'src/services/api/planted-dev.ts': "import 'fast-check';" },
  },
};

type TextLaw = { offends: (file: SourceFile) => boolean; breach: SourceFile };
const planted = (path: string, text = '// Planted.\n'): SourceFile => ({ path, text });
const linesMax = ({ path }: SourceFile): number =>
  path.startsWith('src/pages/public/languages/texts/') ? languageLinesMax : fileLinesMax;
const typescript = ({ path }: SourceFile): boolean => /\.tsx?$/.test(path);

const textLaws: Record<string, TextLaw> = {
  'Only cli/main.ts reads the environment of the process.': {
    offends: (file) =>
      file.path !== 'src/cli/main.ts' &&
      /process\s*(\.|\?\.|\[\s*['"`])\s*env\b|\benv\b[^;]*from 'node:process'/.test(codeOf(file)),
    breach: planted(
      'src/services/api/planted-environment.ts',
      "// Planted.\nexport const level = process.env['LOG_LEVEL'];\n",
    ),
  },
  'No file re-exports a folder, and none is named for nothing.': {
    offends: ({ path }) => /(\/(index|types?|interfaces?|libs?)|[-/](utils?|helpers?|common|misc))\.[a-z]+$/.test(path),
    breach: planted('src/services/api/token-utils.ts'),
  },
  'Names of files and folders are kebab-case.': {
    // The verifier in Go follows the conventions of Go.
    offends: ({ path }) =>
      !path.startsWith('src/verifier-go/') && !/^src(\/[a-z0-9]+(-[a-z0-9]+)*)+(\.[a-z0-9]+)+$/.test(path),
    breach: planted('src/services/api/plantedFile.ts'),
  },
  'Every file opens with what it is.': {
    offends: (file) =>
      (typescript(file) || file.path.endsWith('.sql')) && !/^(#!.*\n)?(\/\/ |\/\*|-- )[A-Z“"‘'`/]/.test(file.text),
    breach: planted('src/services/api/planted-silence.ts', "import 'zod';\n"),
  },
  'Exports have names.': {
    offends: (file) => /^export default\b|\bas default\b/m.test(codeOf(file)),
    breach: planted('src/services/api/planted-default.ts', '// Planted.\nexport default 1;\n'),
  },
  'Nothing is added to the types of others.': {
    offends: (file) => /^\s*declare (module|global)\b/m.test(codeOf(file)),
    breach: planted('src/services/api/planted-augmentation.ts', "// Planted.\ndeclare module 'fastify' {}\n"),
  },
  'Files are short.': {
    offends: (file) => typescript(file) && file.text.trimEnd().split('\n').length > linesMax(file),
    breach: planted('src/services/api/planted-length.ts', `// Planted.\n${'export {};\n'.repeat(fileLinesMax)}`),
  },
};

/** Unit tests run on a fresh clone, beside nothing: no server of the run is injected, and no build is started. */
const needsRun = (file: SourceFile): boolean =>
  /\binject\b[^;]*from 'vitest'|\bdist\/(cli|services|local)\b/.test(codeOf(file));

/** Folders with more files than a reader can take in. Migrations of a database are one list, which only grows. */
const crowded = (files: readonly SourceFile[]): string[] => {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    if (path.startsWith('src/store/migrations/')) continue;
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > folderFilesMax).map(([folder]) => folder);
};
const crowdedBreach = Array.from({ length: folderFilesMax + 1 }, (_, n) =>
  planted(`src/planted-crowd/planted-${n}.ts`),
);

const rules: IForbiddenRuleType[] = Object.entries(importLaws).map(([name, { breach: _breach, ...rule }]) => ({
  ...rule,
  name,
  severity: 'error',
}));

const tree: { imports: Imports; files: SourceFile[] } = {
  imports: await importsOf(root, rules),
  files: sourceFiles(root),
};

describe('The sources', () => {
  test('All sources are read', () => {
    const { modules } = tree.imports;
    expect(modules.length).toBeGreaterThan(30);
    for (const file of tree.files.filter(typescript)) expect(modules).toContain(file.path);
    for (const { name } of readdirSync(join(root, 'src/services'), { withFileTypes: true })) {
      for (const part of ['app.ts', 'main.ts'].map((file) => `src/services/${name}/${file}`)) {
        if (existsSync(join(root, part))) expect(modules).toContain(part);
      }
    }
  });

  test.each(Object.keys(importLaws))('The imports keep the law: %s', (law) => {
    expect(tree.imports.violations.get(law) ?? []).toEqual([]);
  });

  test.each(Object.entries(textLaws))('The text of every file keeps the law: %s', (_law, { offends }) => {
    expect(tree.files.filter(offends).map(({ path }) => path)).toEqual([]);
  });
});

test('No unit test needs a server of the run, or the build', () => {
  expect(sourceFiles(root, 'test/unit').filter(needsRun)).toEqual([]);
  const offenders = ["import { inject, test } from 'vitest';\n", "execFile('node', ['dist/cli/main.js']);\n"];
  for (const text of offenders) expect(needsRun({ path: 'test/unit/planted.test.ts', text })).toBe(true);
});

test(`No folder has more than ${folderFilesMax} files`, () => {
  expect(crowded([...tree.files, ...sourceFiles(root, 'test')])).toEqual([]);
  expect(crowded([...tree.files, ...crowdedBreach])).toEqual(['src/planted-crowd']);
});

/** Names that several files export because each means the same: every `main.ts` gives the launcher a `start`. */
const sharedNames = ['start'];
const repeatedNames = (files: readonly SourceFile[]): string[] =>
  [...exportedNames(files)]
    .filter(([name, paths]) => paths.length > 1 && !sharedNames.includes(name))
    .map(([name, paths]) => `${name}: ${paths.join(', ')}`);

test('Every exported name is unique in the project', () => {
  // The verifier is a program of its own: it imports nothing of the others, and nothing imports it.
  const isVerifier = ({ path }: SourceFile): boolean => path.startsWith('src/verifier/');
  const others = tree.files.filter((file) => !isVerifier(file));
  expect(repeatedNames(tree.files.filter(isVerifier))).toEqual([]);
  expect(repeatedNames(others)).toEqual([]);
  const first = planted('src/domain/planted-first.ts', 'export const plantedName = 1;\n');
  const second = planted('src/platform/planted-second.ts', 'export type plantedName = string;\n');
  expect(repeatedNames([...others, first, second])).toEqual([
    'plantedName: src/domain/planted-first.ts, src/platform/planted-second.ts',
  ]);
});

describe('A planted breach', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'popvote-laws-'));
  afterAll(() => rmSync(copy, { recursive: true }));
  for (const folder of ['src', 'test']) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const breaches = [
    ...Object.values(importLaws).flatMap(({ breach }) => Object.entries(breach)),
    ...Object.values(textLaws).map(({ breach }) => [breach.path, breach.text] as const),
  ];
  for (const [path, text] of breaches) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  const spoiled = { imports: await importsOf(copy, rules), files: sourceFiles(copy) };

  test.each(Object.entries(importLaws))('A planted import is reported: %s', (law, { breach }) => {
    const lines = spoiled.imports.violations.get(law) ?? [];
    const offenders = Object.keys(breach).filter((path) => lines.some((line) => line.startsWith(`${path} -> `)));
    expect(offenders.length, lines.join('\n')).toBeGreaterThan(0);
    // Only planted files break it, so the law reports no others.
    const before = tree.imports.violations.get(law) ?? [];
    for (const line of lines.filter((each) => !before.includes(each)))
      expect(basename(line.split(' -> ')[0] ?? '')).toMatch(/^planted/);
  });

  test.each(Object.entries(textLaws))('A planted file is reported: %s', (_law, { offends, breach }) => {
    expect(spoiled.files.filter(offends).map(({ path }) => path)).toContain(breach.path);
  });
});
