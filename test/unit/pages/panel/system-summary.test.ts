// One status of the platform: the overview and the system page say the same, and equal findings are one.
import { expect, test } from 'vitest';
import { attentionOf } from '../../../../src/pages/panel/live/attention.ts';
import type { AttentionSources } from '../../../../src/pages/panel/live/attention.ts';
import { summaryOf } from '../../../../src/pages/panel/system/summary.ts';
import type { SystemAnswer } from '../../../../src/protocol/control/system-api.ts';

type Finding = SystemAnswer['services'][number]['findings'][number];
const finding = (state: Finding['state'], check: string): Finding => ({ state, check, observed: `${check} observed` });

function systemOf(
  findings: Readonly<Record<string, readonly Finding[]>>,
  silent: readonly string[] = [],
): SystemAnswer {
  const report = { instance: 'i', version: '1', reportedAt: '2026-01-01T00:00:00.000Z' };
  return {
    at: '2026-01-01T00:00:00.000Z',
    services: Object.entries(findings).map(([service, own]) => ({ service, ...report, findings: [...own] })),
    silent: silent.map((service) => ({ service, since: null, next: 'Start it.' })),
  } as SystemAnswer;
}

const overviewOf = (system: SystemAnswer) =>
  attentionOf({
    running: [],
    lives: [],
    ended: [],
    waiting: { users: [], more: false },
    batches: [],
    system,
  } satisfies AttentionSources);

const node = finding('warning', 'Node.js');
test.each([
  ['nothing wrong', systemOf({ api: [finding('ok', 'clock')] }), 'ok', 'No problems found'],
  ['one warning of many services', systemOf({ api: [node], sms: [node], mixer: [node] }), 'warn', '1 warning'],
  ['two warnings', systemOf({ api: [node, finding('warning', 'disk')] }), 'warn', '2 warnings'],
  ['a failure and a warning', systemOf({ api: [finding('failed', 'clock'), node] }), 'bad', '1 failed, 1 warning'],
  ['a silent service', systemOf({ api: [] }, ['worker']), 'bad', '1 service does not report'],
])('With %s both pages say the same', (_what, system, tone, text) => {
  const summary = summaryOf(system);
  expect([summary.tone, summary.text]).toEqual([tone, text]);
  const titles = overviewOf(system).map((item) => [item.tone, item.title]);
  expect(titles).toEqual(tone === 'ok' ? [] : [[tone, `System: ${text}`]]);
});

test('Equal findings of several services are one problem that names them all, failures first', () => {
  const { problems, checks } = summaryOf(
    systemOf({ api: [node, finding('ok', 'clock')], sms: [node], ballots: [finding('failed', 'disk')] }),
  );
  expect(problems.map(({ check, services }) => [check, services])).toEqual([
    ['disk', ['ballots']],
    ['Node.js', ['api', 'sms']],
  ]);
  expect(checks).toBe(4);
});
