// What Helm renders from the chart, read by others' programs: kubeconform with Kubernetes' own description of its objects, and
// kube-score. The workflow of continuous integration installs the three programs and the description with Go. Where they are
// not, the titles say so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chartFolder, chartSettings, kubernetesVersion } from '../../support/deploy/chart-settings.ts';
import { rehearsalServers } from '../../support/deploy/rehearsal-servers.ts';
import { kubernetesSchemaName, writeKubernetesSchemas } from '../../support/deploy/kubernetes-schemas.ts';
import type { KubernetesApi } from '../../support/deploy/kubernetes-schemas.ts';

/** What kube-score finds and the chart does not follow, with the reason. */
const admitted: Readonly<Record<string, string>> = {
  'container-image-pull-policy':
    'A tag is a version or a digest. With Always, no pod starts while the registry is down, not even on the day of the vote.',
};

type Outcome = { readonly status: number | null; readonly output: string };
function run(program: string, words: readonly string[], input = ''): Outcome {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', input, maxBuffer: 64 * 1_048_576 });
  return { status, output: `${stdout}${stderr}` };
}
const isHere = (program: string, word: string): boolean => run(program, [word]).status === 0;
const openApiFile = join(
  run('go', ['env', 'GOMODCACHE']).output.trim() || 'no-go',
  `k8s.io/kubernetes@v${kubernetesVersion}/api/openapi-spec/swagger.json`,
);

const missing = [
  ...(isHere('helm', 'version') ? [] : ['helm']),
  ...(isHere('kubeconform', '-v') ? [] : ['kubeconform']),
  ...(isHere('kube-score', 'version') ? [] : ['kube-score']),
  ...(existsSync(openApiFile) ? [] : ['k8s.io/kubernetes']),
];
const canRun = missing.length === 0;
const unless = canRun ? '' : ` (not here: ${missing.join(', ')})`;

function render(words: readonly string[]): string {
  const { status, output } = run('helm', [
    'template',
    'popvote',
    chartFolder,
    '--kube-version',
    kubernetesVersion,
    ...words,
  ]);
  expect(status, output).toBe(0);
  return output;
}

let schemas: string;
beforeAll(() => {
  schemas = mkdtempSync(join(tmpdir(), 'popvote-kubernetes-'));
  if (!canRun) return;
  const api = JSON.parse(readFileSync(openApiFile, 'utf8')) as KubernetesApi;
  expect(writeKubernetesSchemas(api, schemas)).toBeGreaterThan(200);
});
afterAll(() => rmSync(schemas, { recursive: true, force: true }));

const conforms = (text: string): Outcome =>
  run('kubeconform', ['-strict', '-summary', '-schema-location', join(schemas, kubernetesSchemaName), '-'], text);

describe('The rendered chart', () => {
  test.skipIf(!canRun).each(Object.entries(chartSettings))(`Helm finds no fault in %s${unless}`, (_name, words) => {
    const { status, output } = run('helm', ['lint', '--strict', chartFolder, ...words]);
    expect(status, output).toBe(0);
  });

  test.skipIf(!canRun).each(Object.entries(chartSettings))(
    `Kubernetes knows every member of every object with %s${unless}`,
    (_name, words) => {
      const text = render(words);
      const { status, output } = conforms(text);
      expect(status, output).toBe(0);
      expect(output).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
      // The check would notice a name that Kubernetes ignores.
      const wrong = text.replace('maxUnavailable: 1\n', 'maxUnavailabel: 1\n');
      const { status: wrongStatus, output: wrongOutput } = conforms(wrong);
      expect(wrongStatus).toBe(1);
      expect(wrongOutput).toContain('maxUnavailabel');
    },
  );

  test.skipIf(!canRun)(`Kubernetes knows every member of the servers of a rehearsal${unless}`, () => {
    const { status, output } = conforms(rehearsalServers());
    expect(status, output).toBe(0);
    expect(output).toMatch(/Valid: 12, Invalid: 0, Errors: 0, Skipped: 0/);
  });

  test.skipIf(!canRun).each(Object.entries(chartSettings))(
    `No object with %s has a critical fault for kube-score${unless}`,
    (_name, words) => {
      // A limit of processor time makes voters wait while processors idle. Memory and disk have limits.
      const ignored = [
        '--ignore-container-cpu-limit',
        ...Object.keys(admitted).flatMap((check) => ['--ignore-test', check]),
      ];
      const { status, output } = run(
        'kube-score',
        [
          'score',
          '--output-format',
          'ci',
          '--kubernetes-version',
          `v${kubernetesVersion.replace(/\.\d+$/, '')}`,
          ...ignored,
          '-',
        ],
        render(words),
      );
      const critical = output.split('\n').filter((line) => line.startsWith('[CRITICAL]'));
      expect([status, critical]).toEqual([0, []]);
      expect(output).toContain('[OK]');
    },
  );
});
