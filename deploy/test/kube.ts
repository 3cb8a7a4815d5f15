// The chart at a real kube-apiserver, with an etcd and without nodes: what Helm renders with each file of values is applied as
// a server-side dry run, and each pod of it is created as one in a namespace that enforces the `restricted` standard. Where a
// program is not on the PATH it says so and ends. docs/kubernetes.md says how the server was built; `etcd-server` is a package of
// Debian. Run: npx tsx deploy/test/kube.ts
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseAllDocuments, stringify } from 'yaml';
import { chartFolder, chartSettings, kubernetesVersion } from '../../test/support/deploy/chart-settings.ts';
import { podMonitorFile } from '../../test/support/deploy/kubernetes-schemas.ts';

const programs = ['etcd', 'helm', 'kube-apiserver', 'kubectl', 'openssl'] as const;
const serversFile = join(chartFolder, '../rehearsal-servers.yaml');
/** Longest start of the server, in milliseconds. */
const startMsMax = 300_000;
const namespaces = `
apiVersion: v1
kind: Namespace
metadata: { name: votes, labels: { pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: restricted } }
---
apiVersion: v1
kind: Namespace
metadata: { name: monitoring }
`;

type Answer = { readonly accepted: boolean; readonly text: string };
type Kubectl = (words: readonly string[], input?: string) => Answer;
type Named = { readonly metadata: { readonly name: string } };
type Workload = Named & {
  readonly spec?: {
    readonly template?: { readonly metadata: object; readonly spec: { readonly volumes?: readonly object[] } };
    readonly volumeClaimTemplates?: readonly Named[];
  };
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts both, and returns what calls the server. Everything is below the folder. */
async function startServer(folder: string, started: ChildProcess[]): Promise<Kubectl> {
  const client = await freePort();
  const peer = await freePort();
  const secure = await freePort();
  const token = randomBytes(16).toString('hex');
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const file = (name: string): string => join(folder, name);
  const run = (program: string, words: Readonly<Record<string, string>>): void => {
    const log = openSync(file(`${program}.log`), 'w');
    const flags = Object.entries(words).map(([name, value]) => `--${name}=${value}`);
    started.push(spawn(program, flags, { stdio: ['ignore', log, log] }));
  };
  writeFileSync(file('tokens.csv'), `${token},operator,operator,system:masters\n`, { mode: 0o600 });
  execFileSync('openssl', ['genrsa', '-out', file('accounts.key'), '2048'], { stdio: 'ignore' });
  run('etcd', {
    'data-dir': file('etcd'),
    'listen-client-urls': url(client),
    'advertise-client-urls': url(client),
    'listen-peer-urls': url(peer),
    'initial-advertise-peer-urls': url(peer),
    'initial-cluster': `default=${url(peer)}`,
  });
  run('kube-apiserver', {
    'etcd-servers': url(client),
    'bind-address': '127.0.0.1',
    'secure-port': String(secure),
    'cert-dir': file('certificates'),
    'token-auth-file': file('tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://popvote.test',
    'service-account-key-file': file('accounts.key'),
    'service-account-signing-key-file': file('accounts.key'),
    'service-cluster-ip-range': '10.96.0.0/16',
    // No controller makes the account of a namespace.
    'disable-admission-plugins': 'ServiceAccount',
  });
  const cluster = { server: `https://127.0.0.1:${secure}`, 'insecure-skip-tls-verify': true };
  const context = { cluster: 'here', user: 'here', namespace: 'votes' };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster }],
    users: [{ name: 'here', user: { token } }],
    contexts: [{ name: 'here', context }],
    'current-context': 'here',
  };
  writeFileSync(file('kubeconfig'), stringify(config), { mode: 0o600 });
  const kubectl: Kubectl = (words, input = '') => {
    const all = ['--kubeconfig', file('kubeconfig'), '--cache-dir', file('cache'), ...words];
    const { status, stdout, stderr } = spawnSync('kubectl', all, {
      encoding: 'utf8',
      input,
      maxBuffer: 16 * 1_048_576,
    });
    return { accepted: status === 0, text: `${stdout}${stderr}` };
  };
  const untilMs = performance.now() + startMsMax;
  while (!kubectl(['get', '--raw', '/readyz']).accepted) {
    if (performance.now() > untilMs || started.some(({ exitCode }) => exitCode !== null))
      throw new Error(`It does not start: ${readFileSync(file('kube-apiserver.log'), 'utf8').slice(-2_000)}`);
    await pause(1_000);
  }
  return kubectl;
}

const render = (words: readonly string[]): string =>
  execFileSync('helm', ['template', 'popvote', chartFolder, '--kube-version', kubernetesVersion, ...words], {
    encoding: 'utf8',
  });

/** Each workload as one pod, with the volumes that a controller would give it. */
function podsOf(text: string): string {
  const objects = parseAllDocuments(text).flatMap((document) => (document.toJS() as Workload | null) ?? []);
  const pods = objects.flatMap(({ metadata: { name }, spec }) => {
    if (!spec?.template) return [];
    const claimed = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({
      name: metadata.name,
      persistentVolumeClaim: { claimName: `${metadata.name}-${name}-0` },
    }));
    const { metadata, spec: pod } = spec.template;
    const volumes = [...(pod.volumes ?? []), ...claimed];
    return [{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name }, spec: { ...pod, volumes } }];
  });
  // Kubernetes reads YAML 1.1.
  return pods.map((pod) => stringify(pod, { version: '1.1' })).join('---\n');
}

const dryRun = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'];

/** What the server rejects or warns of, and how many objects it took. */
function faultsOf(kubectl: Kubectl, text: string): { readonly faults: readonly string[]; readonly total: number } {
  const lines = kubectl(dryRun, text).text.split('\n').filter(Boolean);
  const isTaken = (line: string): boolean => /serverside-applied \(server dry run\)$/.test(line);
  return { faults: lines.filter((line) => !isTaken(line)), total: lines.filter(isTaken).length };
}

function check(kubectl: Kubectl): readonly string[] {
  const wrong: string[] = [];
  for (const [name, words] of Object.entries(chartSettings)) {
    const text = render(words);
    const { faults, total } = faultsOf(kubectl, text);
    const pods = faultsOf(kubectl, podsOf(text));
    console.log(`${name}: ${total} objects and ${pods.total} pods accepted`);
    wrong.push(...[...faults, ...pods.faults].map((fault) => `${name}: ${fault}`));
    if (total !== (text.match(/^kind: /gm) ?? []).length) wrong.push(`${name}: not every object was taken`);
  }
  const servers = faultsOf(kubectl, readFileSync(serversFile, 'utf8'));
  console.log(`servers of a rehearsal: ${servers.total} objects accepted`);
  wrong.push(...servers.faults, ...faultsOf(kubectl, podsOf(readFileSync(serversFile, 'utf8'))).faults);
  const text = render(chartSettings['every option']!);
  const planted: readonly (readonly [string, string, RegExp])[] = [
    [text.replace('maxUnavailable: 1\n', 'maxUnavailabel: 1\n'), 'a misspelt member', /maxUnavailabel/],
    [text.replace('jobLabel:', 'jobLabels:'), 'a misspelt member of a PodMonitor', /jobLabels/],
    [text.replace('minDomains: 2', 'minDomains: 0'), 'a number that is not allowed', /minDomains/],
    [podsOf(text).replace('runAsNonRoot: true', 'runAsNonRoot: false'), 'a pod as root', /runAsNonRoot/],
  ];
  for (const [wrongText, what, words] of planted)
    if (!faultsOf(kubectl, wrongText).faults.some((fault) => words.test(fault))) wrong.push(`${what} was accepted`);
  return wrong;
}

async function main(): Promise<void> {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0) {
    console.log(`The chart is not applied to a kube-apiserver here: there is no ${missing.join(', ')}.`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'popvote-kube-'));
  const started: ChildProcess[] = [];
  try {
    const kubectl = await startServer(folder, started);
    console.log(kubectl(['version']).text.trim());
    for (const text of [namespaces, readFileSync(podMonitorFile, 'utf8')]) {
      const answer = kubectl(['apply', '-f', '-'], text);
      if (!answer.accepted) throw new Error(answer.text);
    }
    kubectl(['wait', '--for=condition=established', 'crd/podmonitors.monitoring.coreos.com', '--timeout=60s']);
    const wrong = check(kubectl);
    for (const line of wrong) console.error(line);
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } finally {
    for (const each of started) each.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
