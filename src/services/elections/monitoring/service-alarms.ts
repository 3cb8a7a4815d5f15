// Alarms about the services and servers around an election: phones that cannot be confirmed, Redis, clocks, capacity.
// See alarms.ts.
import { receivesTexts, sendsCodes } from '../../../domain/verification-methods.ts';
import type { Alarm } from '../../../protocol/control/live-api.ts';
import { reportWindowMinutes } from '../../../protocol/provider-health.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import { capacityNext } from './capacity.ts';
import type { ProviderReports } from './edge-sums.ts';
import type { SustainedMs } from './sustained.ts';
import type { Observation } from './observation.ts';

/** Longest time for a missing publication, in milliseconds. */
const publicationMsMax = 8_000;
/** Codes beyond those that were asked for which a lost count of `api` explains, and such a part of those asked for. */
const lostCodesMax = 10_000;
const lostCodesPart = 0.05;
/** Longest time until both counts are in Redis after it was unavailable, in milliseconds. */
const countsMsMax = 20_000;
/** Most clocks in one alarm. */
const clocksNamedMax = 3;

export type AlarmHistory = {
  readonly sustainedMs: SustainedMs;
  /** The most ballots that any earlier poll has counted in the election's box. */
  readonly boxBefore: number;
};

type AlarmList = readonly Alarm[];

export const voteIsOn = ({ election }: Observation): boolean =>
  election.definition.channels.includes('online') &&
  (election.row.phase === 'open' || election.row.phase === 'scheduled');
/** Conditions that prevent voting are alarms while voting is open, and warnings before. */
export const whileOpen = ({ election }: Observation): Alarm['severity'] =>
  election.row.phase === 'open' ? 'alarm' : 'warning';

export function serviceAlarms(observation: Observation, history: AlarmHistory): AlarmList {
  return [
    ...(voteIsOn(observation) ? verificationAlarms(observation) : []),
    ...codeSearchAlarms(observation, history),
    ...redisAlarms(observation, history),
    ...capacityAlarms(observation),
    ...clockAlarms(observation),
  ];
}

function verificationAlarms(observation: Observation): AlarmList {
  const { edge, election } = observation;
  if (edge === null) return [];
  const { methods } = election.definition.verification;
  const { reporting, textIn, code, confirmation, providers } = edge.providers;
  if (!reporting) {
    return [
      {
        code: 'sms-silent',
        severity: whileOpen(observation),
        title: 'Voters may be unable to confirm their phone: `sms` does not report.',
        detail: 'No process of `sms` has reported its status for half a minute.',
        next: 'Start `sms`, or read its log.',
      },
    ];
  }
  const works = { 'text-in': textIn, code, 'text-in-confirmed': textIn && confirmation };
  const anyWorks = methods.some((method) => works[method]);
  const severity = anyWorks ? 'warning' : whileOpen(observation);
  const instead = anyWorks ? 'Voters can use the other method until then. ' : '';
  const alarms: Alarm[] = [];
  if (receivesTexts(methods) && !textIn) {
    alarms.push({
      code: 'text-in-unavailable',
      severity,
      title: 'Voters cannot confirm by text: no number receives their texts.',
      detail: '`sms` has no provider with a number, or cannot store texts because it does not reach the edge Redis.',
      next: `${instead}Give a provider in SMS_PROVIDERS a number, and check that \`sms\` reaches the edge Redis.`,
    });
  }
  if (methods.some((method) => (method === 'code' ? !code : method === 'text-in-confirmed' && !confirmation))) {
    const sending = providers.some(({ sends, state }) => sends && state === 'working');
    alarms.push({
      code: 'codes-unavailable',
      severity,
      title: 'Voters cannot get a code.',
      detail: sending ? 'A limit on codes or on spending is reached.' : 'No provider can send texts now.',
      next:
        instead +
        (sending
          ? 'Raise SMS_CODES_PER_HOUR, SMS_CODES_PER_DAY or SMS_SPEND_PER_DAY of `sms` if this is not an attack.'
          : 'Check the status of the providers, or add another one to SMS_PROVIDERS of `sms`.'),
    });
  }
  return [...alarms, ...restingAlarms(observation), ...noticeAlarms(edge.providers, election.definition)];
}

function noticeAlarms({ notices }: ProviderReports, definition: ElectionDefinition): AlarmList {
  if (definition.verification.notice === undefined || notices.failed === 0) return [];
  return [
    {
      code: 'notices-not-sent',
      severity: 'warning',
      title: 'Some voters get no notice that a vote was begun with their phone.',
      detail: `In the last ${reportWindowMinutes} minutes at least ${notices.failed} notices were not sent, and ${notices.sent} were.`,
      next:
        'The metric popvote_sms_notices_total says why. For `over-…` raise the caps or SMS_SPEND_PER_DAY of `sms`: notices ' +
        'use at most half of the money. For `failed` and `dropped` look at the providers.',
    },
  ];
}

function restingAlarms({ edge, election }: Observation): AlarmList {
  const { methods, notice } = election.definition.verification;
  if (edge === null || !(sendsCodes(methods) || notice)) return [];
  const { code, providers } = edge.providers;
  return providers
    .filter(({ sends, state }) => sends && state === 'resting')
    .map(({ name }) => ({
      code: 'provider-resting',
      severity: 'warning',
      title: code ? `${name} fails. Other providers send the texts.` : `${name} fails to send texts.`,
      detail: 'More than half of its texts failed. It is paused, and tried again every few seconds.',
      next: `Contact ${name}, or check its status page.`,
    }));
}

// Codes are for all elections. `api` counts a code before it asks for it, so in honest use no more are made than counted.
function codeSearchAlarms({ edge, election }: Observation, { sustainedMs }: AlarmHistory): AlarmList {
  if (!edge?.textCodes) return [];
  const { byApi, bySms } = edge.textCodes;
  const excess = bySms - byApi;
  if (excess <= lostCodesMax + byApi * lostCodesPart) return [];
  if (sustainedMs(`${election.definition.id}/text-codes`) < countsMsMax) return [];
  return [
    {
      code: 'text-codes-in-excess',
      severity: 'alarm',
      title: 'Votes may be forged: somebody searches for the codes that voters text in.',
      detail:
        `In two hours \`sms\` made over ${Math.floor(excess / 1_000)} thousand codes more than \`api\` asked for on behalf of voters. Only ` +
        'a program with the keys of `api` can ask for them.',
      next:
        'Stop `api`, start it on a clean machine with new keys (`popvote keys`, docs/keys.md), and look for the program ' +
        'on the old machine.',
    },
  ];
}

// Services act by the time of their reference, so voting goes on. The next fault may not be so kind.
function clockAlarms({ clocks }: Observation): AlarmList {
  if (clocks === null || clocks.length === 0) return [];
  const names = [...new Set(clocks.map(({ service }) => `\`${service}\``))];
  const quoted = clocks
    .slice(0, clocksNamedMax)
    .map(({ service, check, observed }) => `${service}, ${check}: ${observed}.`);
  const more = clocks.length > clocksNamedMax ? ` And ${clocks.length - clocksNamedMax} more.` : '';
  return [
    {
      code: 'clocks-differ',
      severity: 'warning',
      title: `Voters may be refused: the clock of ${names.join(', ')} differs.`,
      detail: `${quoted.join(' ')}${more}`,
      next: 'Correct the clock that several services name, and let all machines follow NTP (chrony, systemd-timesyncd).',
    },
  ];
}

function redisAlarms(observation: Observation, { sustainedMs }: AlarmHistory): AlarmList {
  const { edge, control, election } = observation;
  const alarms: Alarm[] = [];
  const on = voteIsOn(observation);
  if (edge === null) {
    alarms.push({
      code: 'edge-redis-away',
      severity: on ? whileOpen(observation) : 'warning',
      title: on
        ? 'Voters cannot confirm their phone: the edge Redis does not answer.'
        : 'Results are published late: the edge Redis does not answer.',
      detail: '`elections` cannot read or publish there. Voters with a confirmed phone can still cast.',
      next: 'Start the edge Redis, or correct EDGE_REDIS_URL. Its contents are restored automatically.',
    });
  }
  if (control === null) {
    alarms.push({
      code: 'control-redis-away',
      severity: 'warning',
      title: 'Officials cannot send files: the control Redis does not answer.',
      detail: 'Accepted files may be waiting there. Online voting continues.',
      next: 'Start the control Redis, or correct CONTROL_REDIS_URL.',
    });
  }
  const missing = [
    ...(edge?.published === false ? ['edge'] : []),
    ...(control?.published === false ? ['control'] : []),
  ];
  if (missing.length > 0 && sustainedMs(`${election.definition.id}/published/${missing.join()}`) >= publicationMsMax) {
    alarms.push({
      code: 'publication-missing',
      severity: missing.includes('edge') && on ? whileOpen(observation) : 'warning',
      title: missing.includes('edge') ? 'Voters may not find this election.' : 'Officials may not find this election.',
      detail: `The election is announced. Its public document is missing in the ${missing.join(' and the ')} Redis.`,
      next: '`elections` publishes it again every few seconds. Read its log for errors.',
    });
  }
  return alarms;
}

function capacityAlarms({ capacity }: Observation): AlarmList {
  if (capacity === null || capacity.state === 'free') return [];
  const full = capacity.state === 'full';
  return [
    {
      code: full ? 'platform-full' : 'platform-nearly-full',
      severity: 'warning',
      title: full ? 'No other election can be announced now.' : 'Soon no other election can be announced.',
      detail: `${capacity.observed} Voting in them continues.`,
      next: capacityNext,
    },
  ];
}
