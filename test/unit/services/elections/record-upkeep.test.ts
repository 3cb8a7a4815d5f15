// The steps that maintain the record: none prevents another, in every combination of those that fail.
import { expect, test, vi } from 'vitest';
import { createRecordUpkeep } from '../../../../src/services/elections/audit/record-upkeep.ts';
import { createLogProbe } from '../../../support/log.ts';

const names = ['sign', 'publish heads', 'publish page lists', 'take acts'] as const;
const subsets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, at) => bits & (1 << at)));

test.each(subsets.map((failing) => [failing.join(' and ') || 'nothing', failing] as const))(
  'All steps run where this fails: %s',
  async (_title, failing) => {
    const ran: string[] = [];
    const step = (name: (typeof names)[number]) => (): Promise<void> => {
      ran.push(name);
      return failing.includes(name) ? Promise.reject(new Error(`no ${name}`)) : Promise.resolve();
    };
    const probe = createLogProbe('elections');
    const upkeep = createRecordUpkeep({
      heads: { signIfDue: step('sign'), publish: step('publish heads'), sign: vi.fn(), all: vi.fn() },
      pages: { publish: step('publish page lists') },
      acts: { take: () => step('take acts')().then(() => false) },
      logger: probe.logger,
    });
    await upkeep.turnNow();
    expect(ran).toEqual(names);
    for (const name of names) expect(probe.text().includes(`"part":"${name}"`)).toBe(failing.includes(name));
    // The same faults are not logged again.
    const before = probe.text();
    for (let turn = 1; turn < 20; turn += 1) await upkeep.turnNow();
    expect(ran).toHaveLength(names.length + 19 * 2 + 2);
    expect(probe.text()).toBe(before);
  },
);
