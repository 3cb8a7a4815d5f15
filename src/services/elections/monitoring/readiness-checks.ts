// Readiness checks of an election, as pure functions. Every check that is not ok has a next step.
import type { z } from 'zod';
import { lacksOtherWay } from '../../../domain/verification-methods.ts';
import type { countsAnswer } from '../../../protocol/ballot-service.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { ReadinessCheck, ReadinessName } from '../../../protocol/control/live-api.ts';
import type { confirmersAnswer } from '../../../protocol/control/proposals-api.ts';
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import type { lastRehearsal } from '../../../store/elections/turnout.ts';
import type { StationDevices } from '../activations/card-election.ts';
import type { ProviderReports } from './edge-sums.ts';
import { clockFindings } from './clock-differences.ts';
import { capacityNext } from './capacity.ts';
import type { Capacity } from './capacity.ts';
import { needsRealPhones, simulatorNext } from '../lifecycle/simulated-phones.ts';
import type { Comparison } from '../publishing/publishing.ts';

/** Largest age of a rehearsal, in days. */
const rehearsalDaysMax = 30;
const dayMs = 86_400_000;
/** Most findings in one check. */
export const quotedMax = 3;

export const ok = (name: ReadinessName, observed: string): ReadinessCheck => ({ name, state: 'ok', observed });
export const warning = (name: ReadinessName, observed: string, next: string): ReadinessCheck => ({
  name,
  state: 'warning',
  observed,
  next,
});
export const failed = (name: ReadinessName, observed: string, next: string): ReadinessCheck => ({
  name,
  state: 'failed',
  observed,
  next,
});

export function announcementCheck({ announced, pending, opensAtMs }: StoredLifecycle): ReadinessCheck {
  if (announced === null) {
    const next = 'Announce the election when its definition is right. The other checks run after that.';
    return warning('announcement', 'The election is a draft. Only administrators and auditors can see it.', next);
  }
  if (pending !== null) {
    const next = 'Check again in a few seconds. If this remains, read the log of `elections`.';
    return warning('announcement', 'A change is being published and is not complete.', next);
  }
  return ok('announcement', `The election is announced. Opening: ${new Date(opensAtMs).toISOString()}.`);
}

/** Whether another election can be announced. */
export function capacityCheck({ state, observed }: Capacity): ReadinessCheck {
  if (state === 'free') return ok('capacity', observed);
  const consequence = state === 'full' ? 'No election can be announced now.' : 'Soon no election can be announced.';
  return warning('capacity', `${observed} ${consequence}`, capacityNext);
}

export type Counts = z.infer<typeof countsAnswer> | 'unavailable' | 'missing-there';

export function intakeCheck({ phase }: StoredLifecycle, counts: Counts): ReadinessCheck {
  if (counts === 'unavailable') {
    const next = 'Start `ballots`, or fix its database or BALLOTS_ORIGIN of `elections`.';
    return failed('intake', 'The ballot server does not answer.', next);
  }
  if (counts === 'missing-there') {
    const next = 'The database intake is not the one of the announcement. Connect `ballots` to that one.';
    return failed('intake', 'The ballot server answers but does not have this election.', next);
  }
  if (counts.state === 'closed' && (phase === 'open' || phase === 'scheduled')) {
    const next = 'The election cannot be opened again. The audit log shows who closed it.';
    return failed('intake', 'The ballot server has closed this election.', next);
  }
  return ok('intake', 'The ballot server answers and has this election.');
}

export function sealingCheck(sealing: boolean | null, { silent }: SystemAnswer): ReadinessCheck {
  if (sealing === null) return failed('sealing', 'The ballot server does not report it.', 'Start `ballots`.');
  if (!sealing) {
    const next = 'Start `mixer`. It makes a key when it starts, and a new one every hour.';
    return failed('sealing', 'There is no key to seal ballots, so no one could cast.', next);
  }
  if (silent.some(({ service }) => service === 'mixer')) {
    const next = 'Start `mixer`, or read its log. The existing key is valid for two hours at most.';
    return warning('sealing', 'There is a key to seal ballots, but the mixer has not reported for minutes.', next);
  }
  return ok('sealing', 'There is a key to seal ballots, and the mixer is running.');
}

export function publicationCheck(comparisons: readonly (Comparison | null)[]): ReadinessCheck {
  const names = ['The edge Redis', 'The control Redis'];
  const faultTexts = {
    older: 'has an older document',
    newer: 'has a newer document',
    unsigned: 'has no signed document',
  } as const;
  const faults = comparisons.flatMap((comparison, place) => {
    if (comparison === 'as-published') return [];
    return [`${names[place] ?? 'A Redis'} ${comparison === null ? 'does not answer' : faultTexts[comparison]}.`];
  });
  if (faults.length === 0) return ok('publication', 'Both Redis instances have the current signed document.');
  const next = comparisons.includes('newer')
    ? 'The database elections is older than the publication. Restore a newer backup of it.'
    : 'It is published every few seconds. Start the Redis that does not answer, or read the log of `elections`.';
  // An older document is replaced within seconds, and voters see it until then.
  return comparisons.every((comparison) => comparison === 'as-published' || comparison === 'older')
    ? warning('publication', faults.join(' '), next)
    : failed('publication', faults.join(' '), next);
}

export function methodsCheck({ verification: { methods } }: ElectionDefinition): ReadinessCheck {
  if (methods.includes('text-in-confirmed')) {
    return ok('verification', 'A text from the phone and a code back confirm it. A text alone proves nothing.');
  }
  if (!lacksOtherWay(methods))
    return ok('verification', 'There are two methods to confirm a phone: by text and by code.');
  const next = 'Offer text-in and code. With one method, voting stops while that method fails.';
  return warning('verification', `There is one method to confirm a phone: ${methods.join()}.`, next);
}

const edgeUnavailable = ['The edge Redis does not answer.', 'Start it, or correct EDGE_REDIS_URL.'] as const;
const smsSilent = ['`sms` has not reported for half a minute.', 'Start `sms`, or read its log.'] as const;

export function textInCheck(providers: ProviderReports | null): ReadinessCheck {
  if (providers === null) return failed('text-in', ...edgeUnavailable);
  if (!providers.reporting) return failed('text-in', ...smsSilent);
  const names = providers.providers
    .filter(({ receives, state }) => receives && state !== 'silent')
    .map(({ name }) => name);
  if (providers.textIn) return ok('text-in', `Voters can text via ${names.join(', ')}.`);
  const next = 'Give a provider in SMS_PROVIDERS a number, and check that `sms` reaches the edge Redis.';
  return failed('text-in', 'Voters cannot confirm by text now.', next);
}

export function codeCheck(
  providers: ProviderReports | null,
  { rehearsal, verification: { methods } }: ElectionDefinition,
): ReadinessCheck {
  if (providers === null) return failed('code', ...edgeUnavailable);
  if (!providers.reporting) return failed('code', ...smsSilent);
  const sending = providers.providers
    .filter(({ sends, state }) => sends && state === 'working')
    .map(({ name }) => name);
  if (sending.length === 0) {
    return failed(
      'code',
      'No provider sends codes.',
      'Contact the provider, or add another one to SMS_PROVIDERS of `sms`.',
    );
  }
  const back = methods.includes('text-in-confirmed');
  if (back && providers.providers.every(({ sends, receives }) => !sends || receives)) {
    const next = 'Add a provider without a number to SMS_PROVIDERS of `sms`. Codes back are then sent by it alone.';
    return warning(
      'code',
      'The provider that sends a code back receives texts too, so it can vote as any phone.',
      next,
    );
  }
  if (back ? !providers.confirmation : !providers.code) {
    const next = 'Raise SMS_CODES_PER_HOUR, SMS_CODES_PER_DAY or SMS_SPEND_PER_DAY of `sms`.';
    return failed('code', 'A limit on codes or on spending is reached.', next);
  }
  if (sending.length === 1 && !rehearsal) {
    const next = 'Add a second provider to SMS_PROVIDERS of `sms`, so that codes are sent while one fails.';
    return warning('code', `One provider sends codes: ${sending.join()}.`, next);
  }
  return ok('code', `Codes are sent by ${sending.join(', ')}.`);
}

/** Only where sms reports: the other checks say that it does not. */
export function simulatorCheck(providers: ProviderReports | null, definition: ElectionDefinition): ReadinessCheck[] {
  if (!needsRealPhones(definition) || !providers?.reporting) return [];
  if (!providers.simulated) return [ok('simulator', 'Phones are real: the simulator is not in use.')];
  return [failed('simulator', 'Phones are simulated, so anyone can vote as any phone.', simulatorNext)];
}

export function rollCheck(counts: Counts): ReadinessCheck {
  if (typeof counts === 'string')
    return failed('roll', 'The ballot server, which stores the roll, does not report it.', fixIntake);
  if (counts.roll === 0) return failed('roll', 'The roll is empty, so no one could vote.', 'Import the roll.');
  return ok('roll', counts.roll === 1 ? '1 person is on the roll.' : `${counts.roll} people are on the roll.`);
}
const fixIntake = 'Follow the next step of the intake check.';

/** Of an election whose stations give cards. None is made for a station without a device. */
export function devicesCheck(stations: readonly StationDevices[]): ReadinessCheck {
  const missing = stations.filter(({ devices }) => devices === 0);
  const next = 'Open the page Voters without a phone, and enrol a device. Before that no cards can be made there.';
  if (missing.length === 0) {
    return ok('devices', stations.length === 1 ? 'A device is enrolled.' : 'Every station has a device.');
  }
  if (missing.length === stations.length)
    return failed('devices', 'No device is enrolled, so no one gets a card.', next);
  const names = missing.slice(0, quotedMax).map(({ name }) => name);
  const more = missing.length > quotedMax ? ` and ${missing.length - quotedMax} more` : '';
  const have = missing.length === 1 ? 'has' : 'have';
  const observed = `${missing.length} of ${stations.length} stations ${have} no device: ${names.join(', ')}${more}.`;
  return warning('devices', observed, next);
}

export function batchesCheck(comparison: Comparison | null, { silent }: SystemAnswer): ReadinessCheck {
  if (comparison === null) {
    const next = 'Start the control Redis, or correct CONTROL_REDIS_URL.';
    return failed('batches', 'The control Redis does not answer: officials cannot send files.', next);
  }
  const missing = silent.filter(({ service }) => service === 'officials' || service === 'worker');
  if (missing.length === 0) return ok('batches', 'Officials can send files, and they are checked.');
  const names = missing.map(({ service }) => `\`${service}\``).join(' and ');
  return warning('batches', `No report from ${names} for minutes.`, missing.map(({ next }) => next).join(' '));
}

export function clocksCheck(system: SystemAnswer): ReadinessCheck {
  const clocks = clockFindings(system);
  const off = clocks.filter(({ state }) => state !== 'ok');
  if (clocks.length === 0) {
    return warning('clocks', 'No service has compared its clock recently.', 'Check the System page in a minute.');
  }
  if (off.length === 0) return ok('clocks', 'The clocks of services and databases agree.');
  const observed = off.slice(0, quotedMax).map(({ service, check, observed }) => `${service}, ${check}: ${observed}.`);
  const next = off[0]?.next ?? 'Synchronize all machines with NTP.';
  return {
    name: 'clocks',
    state: off.some(({ state }) => state === 'failed') ? 'failed' : 'warning',
    observed: observed.join(' '),
    next,
  };
}

/** Who confirms acts in an election that counts. `confirmers` null: `access` does not answer. */
export function twoPeopleCheck(confirmers: number | null): ReadinessCheck {
  if (confirmers === null) {
    const next = 'Start `access`, or correct ACCESS_PRIVATE_ORIGIN of `elections`.';
    return failed('two-people', '`access` does not answer, so no act on this election is possible.', next);
  }
  if (confirmers > 1) {
    return ok(
      'two-people',
      `${confirmers} administrators. One proposes each act on this election, another confirms it.`,
    );
  }
  const observed =
    'There is one administrator, who can announce, end, count and publish this election alone. Anyone who learns ' +
    'that password can do the same.';
  return warning('two-people', observed, 'Invite a second administrator. Then each act needs both.');
}

/** Only where `access` says it: the check before says that it does not answer. */
export function secondFactorCheck(people: z.infer<typeof confirmersAnswer> | null): ReadinessCheck[] {
  if (!people?.withoutSecondFactor) return [];
  const { administrators, officials } = people.withoutSecondFactor;
  if (administrators + officials === 0)
    return [ok('second-factor', 'All administrators and officials have a second factor.')];
  const next = 'Each of them opens the page Account, sets up a passkey or an authenticator, and signs in with it.';
  if (administrators > 0 && administrators === people.confirmers) {
    const observed = 'No administrator has a second factor, so no one can announce this election or act on it.';
    return [failed('second-factor', observed, next)];
  }
  const observed = `Without a second factor: administrators ${administrators}, officials ${officials}. They cannot act on this election.`;
  return [warning('second-factor', observed, next)];
}

export function rehearsalCheck(
  { rehearsal }: ElectionDefinition,
  last: Awaited<ReturnType<typeof lastRehearsal>>,
  nowMs: number,
): ReadinessCheck {
  if (rehearsal) return ok('rehearsal', 'This is a rehearsal.');
  const next = 'Run a rehearsal with the same contests, vote in it, and check its results.';
  if (last === null) return warning('rehearsal', 'No rehearsal with votes was run.', next);
  const days = Math.max(0, Math.floor((nowMs - last.atMs) / dayMs));
  const ago = days === 0 ? 'within a day' : days === 1 ? '1 day ago' : `${days} days ago`;
  return days <= rehearsalDaysMax
    ? ok('rehearsal', `A rehearsal was run ${ago}: ${last.id}.`)
    : warning('rehearsal', `The last rehearsal was run ${ago}: ${last.id}.`, next);
}
