// Reads sums of `api` and `sms` from the edge Redis: the progress of sessions and the status of SMS providers. The edge
// Redis is exposed to public services, so reads are bounded and values are validated. Numbers of voters are returned
// only in whole steps.
import { isWithin } from '../../../platform/clock.ts';
import { parseJson } from '../../../platform/json.ts';
import type { Redis } from '../../../platform/redis.ts';
import { funnelFields, funnelKey, hourOf, textCodeHours, textCodesKey } from '../../../protocol/funnel-counts.ts';
import type { FunnelField } from '../../../protocol/funnel-counts.ts';
import type { Funnel, ShownProvider } from '../../../protocol/control/live-api.ts';
import {
  providerReport,
  reportBytesMax,
  reportKey,
  reportSeconds,
  reportSilentMs,
  reportWindowMinutes,
  reportsKey,
  reportsMax,
} from '../../../protocol/provider-health.ts';
import type { ProviderReport } from '../../../protocol/provider-health.ts';
import { inSteps } from '../turnout/turnout.ts';

/**
 * The voter funnel of an election in multiples of `step`, or null without sessions. Rejects if Redis is unavailable.
 */
export async function readFunnel(redis: Redis, electionId: string, step: number): Promise<Funnel | null> {
  const sums = await redis.hmget(funnelKey(electionId), ...funnelFields);
  if (sums.every((sum) => sum === null)) return null;
  const stepped = (field: FunnelField): number => {
    const sum = Number(sums[funnelFields.indexOf(field)] ?? 0);
    return Number.isSafeInteger(sum) && sum > 0 ? inSteps(sum, step) : 0;
  };
  return {
    step,
    started: stepped('started'),
    confirmed: stepped('confirmed'),
    cast: stepped('cast'),
    byMethod: {
      'text-in': { started: stepped('started:text-in'), confirmed: stepped('confirmed:text-in') },
      code: { started: stepped('started:code'), confirmed: stepped('confirmed:code') },
      'text-in-confirmed': {
        started: stepped('started:text-in-confirmed'),
        confirmed: stepped('confirmed:text-in-confirmed'),
      },
    },
  };
}

/** Codes that voters text in, of this hour and the one before, over all elections and processes. */
export type TextCodeSums = {
  /** As `api` asked for them, and as `sms` made them. */
  readonly byApi: number;
  readonly bySms: number;
};

/** Rejects if Redis is unavailable. */
export async function readTextCodes(redis: Redis, nowMs: number): Promise<TextCodeSums> {
  const hours = Array.from({ length: textCodeHours }, (_, back) => hourOf(nowMs) - back);
  const sumOf = async (side: 'asked' | 'made'): Promise<number> => {
    const sums = await redis.mget(hours.map((hour) => textCodesKey(side, hour)));
    return sums.reduce((total, sum) => total + Number(sum ?? 0), 0);
  };
  const [byApi, bySms] = await Promise.all([sumOf('asked'), sumOf('made')]);
  return { byApi, bySms };
}

export type ProviderReports = {
  readonly providers: ShownProvider[];
  /** Whether any process of `sms` reported within `reportSilentMs`. If not, the channels are meaningless. */
  readonly reporting: boolean;
  readonly textIn: boolean;
  readonly code: boolean;
  readonly confirmation: boolean;
  /** Notices of the last minutes, in steps. */
  readonly notices: { readonly sent: number; readonly failed: number };
  /** Whether a process that reports uses the simulator. */
  readonly simulated: boolean;
};

/** The status of providers over all processes of `sms`, in multiples of `step`. Rejects if Redis is unavailable. */
export async function readProviders(redis: Redis, nowMs: number, step: number): Promise<ProviderReports> {
  const ids = await redis.zrevrange(reportsKey, 0, reportsMax - 1);
  const texts = await Promise.all(ids.map((id) => redis.getrange(reportKey(id), 0, reportBytesMax - 1)));
  const reports = texts.flatMap((text) => reportOf(text) ?? []);
  // From a clock that is ahead too: Redis keeps a report no longer than that.
  const fresh = reports.filter(({ atMs }) => isWithin(nowMs, atMs, reportSilentMs + 1, reportSeconds * 1_000));
  const names = [...new Set(reports.flatMap(({ providers }) => providers.map(({ name }) => name)))];
  return {
    providers: names.map((name) => shownProvider(name, ofName(fresh, name), ofName(reports, name), step)),
    reporting: fresh.length > 0,
    textIn: fresh.some(({ channels }) => channels.textIn),
    code: fresh.some(({ channels }) => channels.code),
    confirmation: fresh.some(({ channels }) => channels.confirmation),
    notices: {
      sent: inSteps(
        sumOf(fresh, ({ notices }) => notices.sent),
        step,
      ),
      failed: inSteps(
        sumOf(fresh, ({ notices }) => notices.failed),
        step,
      ),
    },
    simulated: fresh.some((report) => report.providers.some(({ simulated }) => simulated)),
  };
}

const sumOf = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

type ReportedProvider = ProviderReport['providers'][number];
const ofName = (reports: readonly ProviderReport[], name: string): readonly ReportedProvider[] =>
  reports.flatMap(({ providers }) => providers.filter((each) => each.name === name));

function shownProvider(
  name: string,
  fresh: readonly ReportedProvider[],
  all: readonly ReportedProvider[],
  step: number,
): ShownProvider {
  // A provider is resting only if all processes have paused it.
  const resting = fresh.length > 0 && fresh.every((provider) => provider.resting);
  return {
    name,
    receives: all.some(({ receives }) => receives),
    sends: all.some(({ sends }) => sends),
    state: fresh.length === 0 ? 'silent' : resting ? 'resting' : 'working',
    sent: inSteps(
      sumOf(fresh, ({ sent: count }) => count),
      step,
    ),
    failed: inSteps(
      sumOf(fresh, ({ failed: count }) => count),
      step,
    ),
    windowMinutes: reportWindowMinutes,
  };
}

function reportOf(text: string): ProviderReport | null {
  return providerReport.safeParse(parseJson(text)).data ?? null;
}
