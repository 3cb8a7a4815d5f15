// What `api` and `sms` leave in the edge Redis for those who run an election: how far sessions come, and how providers
// fare. It faces the public side: bounded amounts are taken, forms are checked, and no number of voters leaves here but
// in whole steps.
import { parseJson } from '../../../platform/json.ts';
import type { Redis } from '../../../platform/redis.ts';
import { funnelFields, funnelKey } from '../../../protocol/funnel-counts.ts';
import type { FunnelField } from '../../../protocol/funnel-counts.ts';
import type { Funnel, ShownProvider } from '../../../protocol/control/live-api.ts';
import {
  providerReport,
  reportBytesMax,
  reportKey,
  reportSilentMs,
  reportWindowMinutes,
  reportsKey,
  reportsMax,
} from '../../../protocol/provider-health.ts';
import type { ProviderReport } from '../../../protocol/provider-health.ts';
import { inSteps } from '../turnout/turnout.ts';

/** The funnel of an election, or null where nobody has begun. Rejects where Redis is away. */
export async function readFunnel(redis: Redis, electionId: string, step: number): Promise<Funnel | null> {
  const found = await redis.hmget(funnelKey(electionId), ...funnelFields);
  if (found.every((sum) => sum === null)) return null;
  const shown = (field: FunnelField): number => {
    const sum = Number(found[funnelFields.indexOf(field)] ?? 0);
    return Number.isSafeInteger(sum) && sum > 0 ? inSteps(sum, step) : 0;
  };
  return {
    step,
    started: shown('started'),
    confirmed: shown('confirmed'),
    cast: shown('cast'),
    byMethod: {
      'text-in': { started: shown('started:text-in'), confirmed: shown('confirmed:text-in') },
      code: { started: shown('started:code'), confirmed: shown('confirmed:code') },
    },
  };
}

export type ProviderReports = {
  readonly shown: ShownProvider[];
  /** Whether any process of `sms` has spoken lately; only then the next two say anything. */
  readonly heard: boolean;
  readonly textIn: boolean;
  readonly code: boolean;
};

/** How providers fare, over all processes of `sms`. Rejects where Redis is away. */
export async function readProviders(redis: Redis, nowMs: number, step: number): Promise<ProviderReports> {
  const ids = await redis.zrevrange(reportsKey, 0, reportsMax - 1);
  const texts = await Promise.all(ids.map((id) => redis.getrange(reportKey(id), 0, reportBytesMax - 1)));
  const reports = texts.flatMap((text) => reportOf(text) ?? []);
  const fresh = reports.filter(({ atMs }) => nowMs - atMs <= reportSilentMs);
  const names = [...new Set(reports.flatMap(({ providers }) => providers.map(({ name }) => name)))];
  return {
    shown: names.map((name) => shownProvider(name, ofName(fresh, name), ofName(reports, name), step)),
    heard: fresh.length > 0,
    textIn: fresh.some(({ channels }) => channels.textIn),
    code: fresh.some(({ channels }) => channels.code),
  };
}

type Told = ProviderReport['providers'][number];
const ofName = (reports: readonly ProviderReport[], name: string): readonly Told[] =>
  reports.flatMap(({ providers }) => providers.filter((each) => each.name === name));

function shownProvider(name: string, fresh: readonly Told[], all: readonly Told[], step: number): ShownProvider {
  const sum = (of: (told: Told) => number): number => fresh.reduce((total, told) => total + of(told), 0);
  // Left alone by all is left alone: while one process still sends by it, voters get their codes.
  const resting = fresh.length > 0 && fresh.every((told) => told.resting);
  return {
    name,
    receives: all.some(({ receives }) => receives),
    sends: all.some(({ sends }) => sends),
    state: fresh.length === 0 ? 'silent' : resting ? 'resting' : 'working',
    sent: inSteps(
      sum(({ sent }) => sent),
      step,
    ),
    failed: inSteps(
      sum(({ failed }) => failed),
      step,
    ),
    windowMinutes: reportWindowMinutes,
  };
}

function reportOf(text: string): ProviderReport | null {
  return providerReport.safeParse(parseJson(text)).data ?? null;
}
