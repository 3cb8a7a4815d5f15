// What Helm renders, and what follows from it: in which zones the pods can be, which pods Prometheus reads, by which metric api
// grows, which image runs. Where Helm is not, the titles say so; helm.test.ts holds the rules in the templates without it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

const chart = join(import.meta.dirname, '../../../deploy/helm/popvote');
const helm = (words: readonly string[]): { readonly status: number | null; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync('helm', words, { encoding: 'utf8', maxBuffer: 16 * 1_048_576 });
  return { status, text: `${stdout}${stderr}` };
};
const isHere = helm(['version']).status === 0;
const unless = isHere ? '' : ' (not here: helm)';

const labels = z.record(z.string(), z.string());
const constraint = z.strictObject({
  topologyKey: z.string(),
  whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
  maxSkew: z.int(),
  minDomains: z.int().optional(),
  nodeTaintsPolicy: z.literal('Honor').optional(),
  matchLabelKeys: z.array(z.string()).optional(),
  labelSelector: z.object({ matchLabels: labels }),
});
type Constraint = z.infer<typeof constraint>;
const container = z.object({
  image: z.string(),
  ports: z.array(z.object({ name: z.string() })).default([]),
  env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});
const workload = z.object({
  kind: z.enum(['Deployment', 'StatefulSet', 'Job']),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.int().optional(),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        affinity: z.unknown().optional(),
        containers: z.tuple([container]),
        topologySpreadConstraints: z.array(constraint).default([]),
      }),
    }),
  }),
});
type Workload = z.infer<typeof workload>;
type Kind = { readonly kind: string };

function objects(...words: readonly string[]): readonly Kind[] {
  const { status, text } = helm(['template', 'popvote', chart, '--kube-version', '1.34.2', ...words]);
  expect(status, text).toBe(0);
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as Kind | null) ?? []);
}
const workloads = (all: readonly Kind[]): readonly Workload[] =>
  all.flatMap((each) => workload.safeParse(each).data ?? []);
const podOf = ({ spec }: Workload): Workload['spec']['template']['spec'] => spec.template.spec;
const isHard = ({ whenUnsatisfiable }: Constraint): boolean => whenUnsatisfiable === 'DoNotSchedule';

/** The rule of the scheduler: whether one more pod may start in a zone. `counts` are the pods in each zone. */
function mayStart({ maxSkew, minDomains = 1 }: Constraint, counts: readonly number[], zone: number): boolean {
  const least = counts.length < minDomains ? 0 : Math.min(...counts);
  return counts[zone]! + 1 - least <= maxSkew;
}

/** Every way in which the pods can end up, of which some may wait. */
function endings(rule: Constraint, replicas: number, zones: number): readonly (readonly number[])[] {
  let reached = new Map([['', Array.from({ length: zones }, () => 0)]]);
  const ended = new Map<string, readonly number[]>();
  for (let pod = 0; pod <= replicas; pod += 1) {
    const next = new Map<string, number[]>();
    for (const counts of reached.values()) {
      const free = counts.flatMap((_, zone) => (pod < replicas && mayStart(rule, counts, zone) ? [zone] : []));
      if (free.length === 0) ended.set(counts.join(), counts);
      for (const zone of free) {
        const more = counts.map((count, index) => (index === zone ? count + 1 : count)).sort((a, b) => b - a);
        next.set(more.join(), more);
      }
    }
    reached = next;
  }
  return [...ended.values()];
}
const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);

const valueFiles = ['values.yaml', 'values-university.yaml', 'values-national.yaml'];
const wordsOf = (name: string): readonly string[] => (name === 'values.yaml' ? [] : ['-f', join(chart, name)]);

describe('The pods of the chart', () => {
  test.skipIf(!isHere)(`In a cluster without zones every rule is about nodes, and as many hold${unless}`, () => {
    const rulesOf = (...more: readonly string[]): readonly (readonly [string, Constraint])[] =>
      workloads(objects(...wordsOf('values-national.yaml'), ...more)).flatMap((each) =>
        podOf(each).topologySpreadConstraints.map((rule) => [each.metadata.name, rule] as const),
      );
    const hard = rulesOf().filter(([, rule]) => isHard(rule));
    const rules = rulesOf('--set', 'spread={kubernetes.io/hostname}');
    expect(new Set(rules.map(([, { topologyKey }]) => topologyKey))).toEqual(new Set(['kubernetes.io/hostname']));
    // With the label of zones, no pod with such a rule would start in it.
    expect(hard.length).toBeGreaterThan(4);
    const onNodes = hard.map(([name, rule]) => [name, { ...rule, topologyKey: 'kubernetes.io/hostname' }]);
    expect(rules.filter(([, rule]) => isHard(rule))).toEqual(onNodes);
  });

  test.skipIf(!isHere).each(valueFiles)(`No zone has all pods of a service with %s${unless}`, (name) => {
    const several = workloads(objects(...wordsOf(name))).filter(({ spec }) => (spec.replicas ?? 1) > 1);
    expect(several.length).toBeGreaterThan(4);
    for (const each of several) {
      const { topologySpreadConstraints: constraints, affinity } = podOf(each);
      const hard = constraints.filter(isHard);
      // Pods that share a folder of one node have to be on it.
      expect([each.metadata.name, hard.length]).toEqual([each.metadata.name, affinity === undefined ? 1 : 0]);
      for (const rule of hard) {
        expect(rule.topologyKey).toBe(constraints.find((one) => !isHard(one))?.topologyKey);
        expect(each.spec.template.metadata.labels).toMatchObject(rule.labelSelector.matchLabels);
        for (const zones of [2, 3, 4])
          for (const counts of endings(rule, each.spec.replicas!, zones))
            expect([each.metadata.name, zones, counts, Math.max(...counts) < each.spec.replicas!]).toEqual([
              each.metadata.name,
              zones,
              counts,
              true,
            ]);
      }
    }
  });

  test.skipIf(!isHere)(`No zone has all disks of a key, and with three zones no pod waits for ever${unless}`, () => {
    const all = workloads(objects(...wordsOf('values-national.yaml')));
    const sets = all.filter(({ kind }) => kind === 'StatefulSet');
    expect(sets.map(({ metadata }) => metadata.name).sort()).toEqual(['ballots', 'mixer']);
    for (const each of sets) {
      const { name } = each.metadata;
      const copies = Number(podOf(each).containers[0].env.find((one) => one.name.endsWith('_KEY_COPIES'))?.value);
      const rule = podOf(each).topologySpreadConstraints.find(isHard)!;
      // A key is on the disk of one pod and of `copies` others. In a cluster of one zone the other pods wait.
      for (const zones of [1, 2, 3, 4, 9])
        for (const counts of endings(rule, each.spec.replicas!, zones)) {
          expect([name, zones, counts, Math.max(...counts) <= copies]).toEqual([name, zones, counts, true]);
          if (zones >= 3) expect([name, zones, sum(counts)]).toEqual([name, zones, each.spec.replicas]);
        }
      // The volume of a pod keeps it in its zone. It starts there again, also while a zone is lost.
      const [most = []] = endings(rule, each.spec.replicas!, 3);
      const others = most.map((count, zone) => (zone === 0 ? count - 1 : zone === 2 ? 0 : count));
      expect([name, mayStart(rule, others, 0)]).toEqual([name, true]);
    }
  });

  test.skipIf(!isHere)(`The other zones take the pods of a lost one, and of a rollout${unless}`, () => {
    const deployments = workloads(objects(...wordsOf('values-national.yaml'))).filter(
      ({ kind }) => kind === 'Deployment',
    );
    for (const each of deployments)
      for (const rule of podOf(each).topologySpreadConstraints.filter(isHard)) {
        // The nodes of a lost zone have a taint. The new pods of a rollout are counted by themselves.
        expect(rule).toMatchObject({ nodeTaintsPolicy: 'Honor', matchLabelKeys: ['pod-template-hash'] });
        expect(rule.minDomains).toBeUndefined();
        for (const zones of [1, 2])
          for (const counts of endings(rule, each.spec.replicas!, zones))
            expect([each.metadata.name, zones, sum(counts)]).toEqual([each.metadata.name, zones, each.spec.replicas]);
      }
    // More of api where there is room, rather than none.
    expect(
      podOf(deployments.find(({ metadata }) => metadata.name === 'api')!).topologySpreadConstraints.filter(isHard),
    ).toEqual([]);
  });

  test('The rule of the scheduler keeps pods apart, and a rule that is too loose is noticed', () => {
    const rule: Constraint = {
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      maxSkew: 1,
      labelSelector: { matchLabels: {} },
    };
    expect(endings(rule, 2, 3)).toEqual([[1, 1, 0]]);
    // Without `minDomains` two pods start in the only zone of a cluster.
    expect(endings(rule, 2, 1)).toEqual([[2]]);
    expect(endings({ ...rule, minDomains: 2 }, 2, 1)).toEqual([[1]]);
    expect(endings({ ...rule, maxSkew: 3 }, 6, 3)).toContainEqual([4, 1, 1]);
    expect(endings({ ...rule, maxSkew: 2, minDomains: 6 }, 6, 3)).toEqual([[2, 2, 2]]);
  });
});

describe('Monitoring of the chart', () => {
  const on = ['--set', 'monitoring.podMonitor.enabled=true,monitoring.adapterRules.enabled=true'];
  const monitor = z.object({
    spec: z.object({
      selector: z.object({ matchLabels: labels }),
      jobLabel: z.string(),
      podMetricsEndpoints: z.tuple([z.object({ port: z.string(), path: z.literal('/metrics') })]),
    }),
  });
  const autoscaler = z.object({
    spec: z.object({
      metrics: z.tuple([
        z.unknown(),
        z.object({ type: z.literal('Pods'), pods: z.object({ metric: z.object({ name: z.string() }) }) }),
      ]),
    }),
  });
  const adapter = z.strictObject({
    rules: z.tuple([
      z.strictObject({
        seriesQuery: z.string(),
        resources: z.object({ overrides: z.record(z.string(), z.object({ resource: z.string() })) }),
        name: z.object({ matches: z.string(), as: z.string() }),
        metricsQuery: z.string(),
      }),
    ]),
  });

  test.skipIf(!isHere)(`Nothing of an operator or adapter is made unless it is wanted${unless}`, () => {
    const kinds = (all: readonly Kind[]): readonly string[] =>
      all.map(({ kind }) => kind).filter((kind) => /Monitor|ConfigMap/.test(kind));
    expect(kinds(objects(...wordsOf('values-national.yaml')))).toEqual([]);
    expect([...kinds(objects(...on))].sort()).toEqual(['ConfigMap', 'PodMonitor']);
  });

  test.skipIf(!isHere)(`Prometheus reads every pod, with the job that the alerts name${unless}`, () => {
    const all = objects(...on);
    const { spec } = monitor.parse(all.find(({ kind }) => kind === 'PodMonitor'));
    for (const each of workloads(all).filter(({ kind }) => kind !== 'Job')) {
      const { labels: own } = each.spec.template.metadata;
      expect(own).toMatchObject(spec.selector.matchLabels);
      expect(own[spec.jobLabel]).toBe(each.metadata.name);
      expect(podOf(each).containers[0].ports).toContainEqual(
        expect.objectContaining({ name: spec.podMetricsEndpoints[0].port }),
      );
    }
  });

  test.skipIf(!isHere)(`The adapter makes the metric by which api grows${unless}`, () => {
    const all = objects(
      ...wordsOf('values-national.yaml'),
      ...on,
      '--set',
      'monitoring.adapterRules.namespace=metrics',
    );
    const target = autoscaler.parse(all.find(({ kind }) => kind === 'HorizontalPodAutoscaler')).spec.metrics[1].pods;
    const map = z
      .object({
        metadata: z.object({ namespace: z.literal('metrics') }),
        data: z.object({ 'config.yaml': z.string() }),
      })
      .parse(all.find(({ kind }) => kind === 'ConfigMap'));
    const [rule] = adapter.parse(parse(map.data['config.yaml'])).rules;
    expect(rule.name.as).toBe(target.metric.name);
    const [series = ''] = rule.seriesQuery.split('{');
    expect(series).toMatch(new RegExp(rule.name.matches));
    // The labels by which the adapter finds the pod of a series.
    expect(Object.keys(rule.resources.overrides).sort()).toEqual(['namespace', 'pod']);
    for (const label of ['namespace', 'pod']) expect(rule.seriesQuery).toContain(`${label}!=""`);
  });
});

describe('The image of the chart', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const imagesOf = (...words: readonly string[]): readonly string[] => [
    ...new Set(workloads(objects(...words)).map((each) => podOf(each).containers[0].image)),
  ];

  test.skipIf(!isHere)(`A digest decides about the image of every pod, also beside a tag${unless}`, () => {
    const repository = 'registry.example.org:5000/city/popvote';
    const from = ['--set', `image.repository=${repository},image.tag=1.2.3`];
    expect(imagesOf(...from)).toEqual([`${repository}:1.2.3`]);
    expect(imagesOf(...from, '--set', `image.digest=${digest}`)).toEqual([`${repository}@${digest}`]);
    for (const wrong of [digest.slice(0, -1), digest.replace('sha256', 'md5'), `@${digest}`]) {
      const { status, text } = helm(['template', chart, '--set', `image.digest=${wrong}`]);
      expect([wrong, status === 0]).toEqual([wrong, false]);
      expect(text).toContain('digest');
    }
  });
});
