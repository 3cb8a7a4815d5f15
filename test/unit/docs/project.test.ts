// What a public project has: licence, changelog, workflow and forms, and that they agree with package.json.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { programVersion } from '../../../src/platform/health/version.ts';
import { markdownFiles, root } from '../../support/laws/documents.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  version: string;
  license: string;
  engines: { node: string };
};

describe('The licence', () => {
  test('The licence is the full standard text of the Apache License 2.0', () => {
    const digest = createHash('sha256').update(read('LICENSE')).digest('hex');
    expect(digest).toBe('c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4');
    expect(read('LICENSE')).toContain('APPENDIX: How to apply the Apache License to your work.');
  });

  test('The licence is the one in package.json, the lock file and the OpenAPI documents', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { license?: string }> };
    expect(manifest.license).toBe('Apache-2.0');
    expect(lock.packages['']?.license).toBe('Apache-2.0');
    expect(read('src/platform/http/openapi.ts')).toContain("license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }");
  });
});

describe('The version', () => {
  const versions = [...read('CHANGELOG.md').matchAll(/^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$/gm)];

  test('The version in package.json is the newest in the changelog and that of the lock file', () => {
    const lock = JSON.parse(read('package-lock.json')) as { version: string; packages: { '': { version: string } } };
    expect(versions[0]?.[1]).toBe(manifest.version);
    expect([lock.version, lock.packages[''].version]).toEqual([manifest.version, manifest.version]);
  });

  test('The version is printed by popvote --version and /version', () => {
    expect(programVersion().version).toBe(manifest.version);
    expect(programVersion().version).toBe(manifest.version);
  });

  test('Each version in the changelog has a date, and newer versions come first', () => {
    const headings = read('CHANGELOG.md').match(/^## .*$/gm) ?? [];
    expect(headings).toHaveLength(versions.length + 1);
    expect(headings[0]).toBe('## [Unreleased]');
    const dates = versions.map(([, , date]) => date!);
    expect(dates).toEqual(dates.toSorted().toReversed());
  });

  test('The version has a line for security fixes in SECURITY.md', () => {
    const [major, minor] = manifest.version.split('.');
    expect(read('SECURITY.md')).toMatch(new RegExp(`^\\| ${major}\\.${minor}\\.x \\| yes \\|$`, 'm'));
  });
});

describe('The workflow', () => {
  type Step = { uses?: string; run?: string; with?: Record<string, string> };
  type Job = { 'runs-on': string; strategy: { matrix: { node: number[] } }; steps: Step[] };
  const workflow = parse(read('.github/workflows/ci.yml')) as {
    on: Record<string, unknown>;
    permissions: unknown;
    jobs: Record<string, Job>;
  };
  const job = workflow.jobs['check']!;

  test('The workflow covers the oldest Node of engines, that of .nvmrc and the lines between', () => {
    const oldest = Number(/^>=(\d+)/.exec(manifest.engines.node)?.[1]);
    const newest = Number(read('.nvmrc').trim());
    const evenLines: number[] = [];
    for (let major = oldest; major <= newest; major += 2) evenLines.push(major);
    expect(job.strategy.matrix.node).toEqual(evenLines);
  });

  test('The workflow installs the Node of the matrix and runs .ci/run', () => {
    const node = job.steps.find(({ uses }) => uses?.startsWith('actions/setup-node@'));
    expect(node?.with?.['node-version']).toBe('${{ matrix.node }}');
    expect(job.steps.at(-1)?.run).toBe('.ci/run');
    expect(statSync(join(root, '.ci/run')).mode & 0o111).toBe(0o111);
  });

  test('The workflow runs on a pull request, on a system with apt, with read-only rights', () => {
    expect(Object.keys(workflow.on)).toContain('pull_request');
    expect(job['runs-on']).toMatch(/^ubuntu-/);
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });
});

describe('The forms', () => {
  test('The issue forms have a name, a description and fields with unique ids', () => {
    const forms = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');
    expect(forms.sort()).toEqual(['bug.yml', 'feature.yml']);
    for (const form of forms) {
      const { name, description, body } = parse(read(`.github/ISSUE_TEMPLATE/${form}`)) as {
        name: string;
        description: string;
        body: { type: string; id?: string }[];
      };
      expect([name, description].every((text) => text.length > 2)).toBe(true);
      const fields = body.filter(({ type }) => type !== 'markdown');
      for (const { type } of fields) expect(['input', 'textarea', 'dropdown']).toContain(type);
      expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    }
  });
});

test('All links of the documents lead to existing files and headings', () => {
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
  const anchorsOf = (path: string): string[] =>
    (read(path).match(/^#+ .*$/gm) ?? []).map((line) => anchorOf(line.replace(/^#+ /, '')));
  const faults = markdownFiles().flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
      if (/^(https?:|\.\.\/blob\/)/.test(target!)) return [];
      const [file = '', anchor] = target!.split('#');
      const linked = file === '' ? path : join(path, '..', file);
      const complete = existsSync(join(root, linked)) && (anchor === undefined || anchorsOf(linked).includes(anchor));
      return complete ? [] : [`${path}: ${target}`];
    }),
  );
  expect(faults).toEqual([]);
});
