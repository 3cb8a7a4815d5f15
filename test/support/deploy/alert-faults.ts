// A platform that is well as Prometheus sees it, and for each alert the faults that raise it: series as the services export
// them, with values in the notation of promtool, one each 15 seconds. test/journeys/metrics.test.ts reads the same series from
// services that run.
import { launchable } from '../../../src/cli/services.ts';
import { reportingServices } from '../../../src/protocol/control/system-api.ts';

type Labels = Readonly<Record<string, string>>;
/** `values` is null where a fault removes the series. */
export type Series = { readonly name: string; readonly labels: Labels; readonly values: string | null };
export type AlertFault = {
  readonly alert: string;
  readonly what: string;
  /** The half of the rule, on which side of an `or`, that notices it. */
  readonly half: number;
  /** Instead of those of the platform that is well, or beside them. */
  readonly series: readonly Series[];
  /** Of the alert that is raised; without them those of the first series. */
  readonly labels?: Labels;
  /** When the alert is there; without it 30 seconds after the time that the rule waits. */
  readonly seconds?: number;
};

/** Twenty minutes of one value. */
const always = (value: number): string => `${value}x80`;
const infinite = Array<string>(80).fill('Inf').join(' ');
/** 0 for a minute, then one event. */
const once = '0x4 1x80';
const seriesOf = (job: string, name: string, values: string | null, labels: Labels = {}): Series => ({
  name,
  labels: { instance: `${job}-1`, job, popvote_service: job, ...labels },
  values,
});
const up = (job: string, values: string | null): Series => ({
  name: 'up',
  labels: { instance: `${job}-1`, job },
  values,
});
const ready = (job: string, check: string, value: number): Series =>
  seriesOf(job, 'popvote_ready', always(value), { check });
const rejection = (code: string, values: string): Series =>
  seriesOf('api', 'popvote_http_rejections_total', values, { code, route: '/v1/ballots' });
const cast = (outcome: string, values: string): Series =>
  seriesOf('ballots', 'popvote_casts_total', values, { outcome });
const backup = (instance: string, database: string, secondsAgo: number): Series =>
  seriesOf('mixer', 'popvote_database_last_backup_seconds', always(-secondsAgo), { database, instance });

/** As in PromQL. */
export function keyOfSeries({ name, labels }: Series): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${pairs.sort().join(',')}}`;
}

const checks: Readonly<Record<(typeof launchable)[number], readonly string[]>> = {
  api: ['documents', 'redis', 'sms', 'ballots', 'clock'],
  sms: ['redis', 'clock'],
  ballots: ['intake', 'sealing-key', 'marks', 'clock'],
  mixer: ['intake', 'box', 'marks', 'key-copies', 'mixing', 'clock'],
  access: ['database', 'redis', 'clock'],
  elections: ['database', 'box', 'control-redis', 'edge-redis', 'clock'],
  officials: ['redis', 'clock'],
  worker: ['box', 'redis', 'checking', 'clock'],
  panel: ['access', 'elections', 'officials', 'clock'],
  log: ['box', 'logs', 'growing'],
  herald: ['publishing', 'logs'],
};
/** The values next to those that raise an alert. The time of promtool begins in 1970, so backups are from before. */
export const healthySeries: readonly Series[] = [
  ...launchable.flatMap((job) => [
    up(job, always(1)),
    ...['readyz', ...checks[job]].map((name) => ready(job, name, 1)),
  ]),
  seriesOf('mixer', 'popvote_ballots_mismatch', always(0), { election: 'rehearsal' }),
  seriesOf('ballots', 'popvote_ballots_elections_interrupted', always(0)),
  seriesOf('mixer', 'popvote_mixer_elections_interrupted', always(0)),
  seriesOf('mixer', 'popvote_mixer_unopened', always(0)),
  seriesOf('mixer', 'popvote_mixer_unsigned', always(0)),
  seriesOf('mixer', 'popvote_mixer_tracker_conflicts_total', always(0)),
  seriesOf('mixer', 'popvote_mixer_statements_refused', always(0)),
  seriesOf('elections', 'popvote_elections_count_alarms_total', always(0)),
  seriesOf('mixer', 'popvote_mixer_active', always(1)),
  seriesOf('mixer', 'popvote_mixer_active', always(0), { instance: 'mixer-2' }),
  seriesOf('mixer', 'popvote_mixer_key_copies_missing', always(0)),
  seriesOf('ballots', 'popvote_ballots_election_keys_missing', always(0)),
  seriesOf('ballots', 'popvote_sealing_key_age_seconds', always(4_000)),
  rejection('busy', always(3)),
  rejection('outcome-unknown', always(0)),
  cast('recorded', always(7)),
  cast('replay', always(0)),
  cast('amended', always(0)),
  seriesOf('log', 'popvote_log_differs', always(0)),
  seriesOf('log', 'popvote_log_active', always(1)),
  seriesOf('log', 'popvote_log_active', always(0), { instance: 'log-2' }),
  seriesOf('herald', 'popvote_herald_late', always(0)),
  seriesOf('herald', 'popvote_herald_refused', always(0)),
  seriesOf('api', 'popvote_publications_age_seconds', always(60)),
  seriesOf('api', 'popvote_redis_connected', always(1), { connection: 'edge' }),
  seriesOf('ballots', 'popvote_pool_connections', always(5), { pool: 'casts', state: 'used' }),
  seriesOf('ballots', 'popvote_pool_connections', always(0), { pool: 'casts', state: 'waiting' }),
  seriesOf('log', 'popvote_disk_free_part', always(0.1), { folder: 'public-logs' }),
  seriesOf('api', 'popvote_certificate_end_seconds', always(14 * 86_400 + 1_200), { use: 'port' }),
  // One mixer has not read the new backup yet.
  backup('mixer-1', 'intake', 690_000),
  backup('mixer-2', 'intake', 700_000),
  seriesOf('mixer', 'popvote_database_archiving_fails', always(0), { database: 'intake' }),
  seriesOf('mixer', 'popvote_database_standbys_missing', always(0), { database: 'intake' }),
  seriesOf('mixer', 'popvote_database_standby_lag_bytes', always(268_435_456), { database: 'intake' }),
  ...reportingServices.flatMap((subject) => [
    seriesOf('elections', 'popvote_doctor_failures', always(0), { subject }),
    seriesOf('elections', 'popvote_doctor_age_seconds', always(300), { subject }),
  ]),
  seriesOf('elections', 'popvote_record_unsigned_seconds', always(7_200)),
  seriesOf('sms', 'popvote_edge_redis_memory_part', always(0.7)),
  seriesOf('sms', 'popvote_sms_breaker_open', always(0), { provider: 'simulator' }),
  seriesOf('api', 'popvote_clock_ahead_seconds', always(2), { reference: 'ballots' }),
  seriesOf('ballots', 'popvote_clock_ahead_seconds', always(-2), { reference: 'the database intake' }),
  seriesOf('worker', 'popvote_worker_dead_entries', always(0)),
  seriesOf('worker', 'popvote_worker_set_apart_total', always(2), { reason: 'chunk' }),
];

/** What raises no alert, though it looks like a fault. */
export const sparedSeries: readonly { readonly what: string; readonly series: readonly Series[] }[] = [
  ...['recorded', 'replay', 'amended'].map((outcome) => ({
    what: `some casts fail, and others are ${outcome}`,
    series: [rejection('busy', '0+1x80'), rejection('outcome-unknown', '0+1x80'), cast(outcome, '0+1x80')],
  })),
  {
    what: 'less than one voter a second is refused',
    series: [rejection('busy', '0+14x80'), rejection('outcome-unknown', '0+14x80'), cast('recorded', '0+1x80')],
  },
  {
    what: 'checks that have alerts of their own fail',
    series: [
      ready('api', 'clock', 0),
      ready('ballots', 'marks', 0),
      ready('mixer', 'key-copies', 0),
      ready('log', 'logs', 0),
    ],
  },
  {
    what: 'faults that are shorter than the rules wait',
    series: [
      up('api', '1x10 0x2 1x80'),
      seriesOf('sms', 'popvote_ready', '1x10 0x2 1x80', { check: 'redis' }),
      seriesOf('ballots', 'popvote_pool_connections', '0x10 9x6 0x80', { pool: 'casts', state: 'waiting' }),
      seriesOf('mixer', 'popvote_database_archiving_fails', '0x10 1x38 0x80', { database: 'intake' }),
    ],
  },
];

type Fault = Omit<AlertFault, 'alert' | 'what' | 'half'>;
/** A fault that the only or the first half of a rule notices. */
const fault = (
  alert: string,
  what: string,
  series: Series | readonly Series[],
  more: Partial<Fault> = {},
): AlertFault => ({
  alert,
  what,
  half: 0,
  series: 'name' in series ? [series] : series,
  ...more,
});
/** One that the second half notices. */
const other = (...words: Parameters<typeof fault>): AlertFault => ({ ...fault(...words), half: 1 });

const ofVotes: readonly AlertFault[] = [
  ...[1, -1].map((difference) =>
    fault(
      'VotesDoNotAddUp',
      `a difference of ${difference}`,
      seriesOf('mixer', 'popvote_ballots_mismatch', always(difference), { election: 'rehearsal' }),
    ),
  ),
  fault('VotesWereLost', 'the intake', seriesOf('ballots', 'popvote_ballots_elections_interrupted', always(1))),
  other('VotesWereLost', 'seen by the mixer', seriesOf('mixer', 'popvote_mixer_elections_interrupted', always(1))),
  fault('BallotsCannotBeOpened', 'no key', seriesOf('mixer', 'popvote_mixer_unopened', always(1))),
  other('BallotsCannotBeOpened', 'no signature', seriesOf('mixer', 'popvote_mixer_unsigned', always(1))),
  fault('MixerRefusesContents', 'two ballots', seriesOf('mixer', 'popvote_mixer_tracker_conflicts_total', always(1))),
  other('MixerRefusesContents', 'a statement', seriesOf('mixer', 'popvote_mixer_statements_refused', always(1))),
  fault('CountContradictsTheBox', 'one count', seriesOf('elections', 'popvote_elections_count_alarms_total', once), {
    seconds: 90,
  }),
  fault('NoMixerIsActive', 'all are on standby', seriesOf('mixer', 'popvote_mixer_active', always(0)), { labels: {} }),
  fault(
    'NoMixerIsActive',
    'none is known',
    ['mixer-1', 'mixer-2'].map((instance) => seriesOf('mixer', 'popvote_mixer_active', null, { instance })),
    { labels: {} },
  ),
  fault('HourlyKeysLackCopies', 'one mixer', seriesOf('mixer', 'popvote_mixer_key_copies_missing', always(1))),
  fault(
    'ElectionKeysAreMissing',
    'one election',
    seriesOf('ballots', 'popvote_ballots_election_keys_missing', always(1)),
  ),
  fault('SealingKeyIsOld', 'not renewed', seriesOf('ballots', 'popvote_sealing_key_age_seconds', always(4_001))),
  fault('SealingKeyIsOld', 'no usable key', seriesOf('ballots', 'popvote_sealing_key_age_seconds', infinite)),
  // One person at night. The counters are there before, at 0.
  ...['busy', 'outcome-unknown'].map((code) =>
    fault('CastsAreNotRecorded', `one cast is ${code}`, rejection(code, once), { labels: {}, seconds: 180 }),
  ),
];
const ofLogs: readonly AlertFault[] = [
  fault('LogDiffers', 'one log', seriesOf('log', 'popvote_log_differs', always(1))),
  fault('WitnessesAreLate', 'no cosignature', seriesOf('herald', 'popvote_herald_late', always(1))),
  other('WitnessesAreLate', 'a witness refuses', seriesOf('herald', 'popvote_herald_refused', always(1))),
  fault('NoLogIsActive', 'all are on standby', seriesOf('log', 'popvote_log_active', always(0)), { labels: {} }),
  fault(
    'NoLogIsActive',
    'none is known',
    ['log-1', 'log-2'].map((instance) => seriesOf('log', 'popvote_log_active', null, { instance })),
    { labels: {} },
  ),
];
const ofServices: readonly AlertFault[] = [
  ...launchable.flatMap((job, half) => [
    fault('ServiceIsDown', job, up(job, always(0))),
    { ...fault('ServiceIsMissing', job, up(job, null), { labels: { job } }), half },
    fault('ServiceIsNotReady', job, ready(job, 'readyz', 0)),
  ]),
  ...launchable.flatMap((job) =>
    checks[job]
      .filter((name) => !['clock', 'marks', 'logs', 'key-copies'].includes(name))
      .map((name) => fault('CheckFails', `${name} of ${job}`, ready(job, name, 0))),
  ),
  fault('PublicationsAreOld', 'not read', seriesOf('api', 'popvote_publications_age_seconds', always(61))),
  fault(
    'RedisIsNotConnected',
    'the edge',
    seriesOf('api', 'popvote_redis_connected', always(0), { connection: 'edge' }),
  ),
  fault(
    'DatabaseIsSlow',
    'a cast waits',
    seriesOf('ballots', 'popvote_pool_connections', always(1), { pool: 'casts', state: 'waiting' }),
  ),
  fault(
    'DiskIsAlmostFull',
    'of the logs',
    seriesOf('log', 'popvote_disk_free_part', always(0.09), { folder: 'public-logs' }),
  ),
  fault(
    'CertificateEndsSoon',
    'of api',
    seriesOf('api', 'popvote_certificate_end_seconds', always(14 * 86_400 - 1), { use: 'port' }),
  ),
  fault('BackupIsOld', 'eight days', backup('mixer-1', 'intake', 691_201), { labels: { database: 'intake' } }),
  fault(
    'ArchivingFails',
    'of the intake',
    seriesOf('mixer', 'popvote_database_archiving_fails', always(1), { database: 'intake' }),
    { labels: { database: 'intake' } },
  ),
  fault(
    'StandbyIsMissing',
    'of the intake',
    seriesOf('mixer', 'popvote_database_standbys_missing', always(1), { database: 'intake' }),
    { labels: { database: 'intake' } },
  ),
  fault(
    'StandbyIsLate',
    'of the intake',
    seriesOf('mixer', 'popvote_database_standby_lag_bytes', always(268_435_457), { database: 'intake' }),
    { labels: { database: 'intake' } },
  ),
  ...reportingServices.flatMap((subject) => [
    fault('DoctorFindsFaults', subject, seriesOf('elections', 'popvote_doctor_failures', always(1), { subject }), {
      labels: { subject },
    }),
    fault('DoctorIsSilent', subject, seriesOf('elections', 'popvote_doctor_age_seconds', always(301), { subject }), {
      labels: { subject },
    }),
  ]),
  fault(
    'DoctorIsSilent',
    'never seen',
    seriesOf('elections', 'popvote_doctor_age_seconds', infinite, { subject: 'log' }),
    {
      labels: { subject: 'log' },
    },
  ),
  fault('RecordIsNotSigned', 'two hours', seriesOf('elections', 'popvote_record_unsigned_seconds', always(7_201)), {
    labels: {},
  }),
  fault('EdgeRedisIsFull', 'above 0.7', seriesOf('sms', 'popvote_edge_redis_memory_part', always(0.71))),
  fault(
    'TextsAreNotSent',
    'one provider',
    seriesOf('sms', 'popvote_sms_breaker_open', always(1), { provider: 'simulator' }),
  ),
  ...[2.1, -2.1].map((seconds) =>
    fault(
      'ClockIsWrong',
      `by ${seconds} seconds`,
      seriesOf('api', 'popvote_clock_ahead_seconds', always(seconds), { reference: 'ballots' }),
    ),
  ),
  fault('PaperBallotsAreSetApart', 'kept entries', seriesOf('worker', 'popvote_worker_dead_entries', always(1))),
  other(
    'PaperBallotsAreSetApart',
    'the first of its reason',
    seriesOf('worker', 'popvote_worker_set_apart_total', once, { reason: 'tries' }),
    { seconds: 90 },
  ),
  ...['busy', 'outcome-unknown'].map((code) =>
    fault('VotersAreTurnedAway', code, [rejection(code, '0+20x80'), cast('recorded', '0+1x80')], {
      labels: { code },
      seconds: 420,
    }),
  ),
];

export const alertFaults: readonly AlertFault[] = [...ofVotes, ...ofLogs, ...ofServices];
