// The health of the services: the findings of each service's own checks, as in `popvote doctor`, and the summary that
// `elections` shows. No finding holds a secret, an address with its password, or anything of a voter.
import { z } from 'zod';
import { serviceName } from '../private-calls.ts';
import type { ServiceName } from '../private-calls.ts';
import { instant } from '../public-values.ts';

/** Findings of one report, and characters of one text of it: longer ones are cut. */
export const findingsMax = 100;
export const findingCharactersMax = 400;

const text = z.string().max(findingCharactersMax);

const shownFinding = z
  .object({
    check: text.describe('What was looked at; the same words every time.'),
    state: z.enum(['ok', 'warning', 'failed']),
    observed: text,
    next: text.optional().describe('What to do; absent where all is well.'),
  })
  .meta({ id: 'Finding' });
export type ShownFinding = z.infer<typeof shownFinding>;
/** As in `popvote doctor`: of one service among several. */
export type Finding = ShownFinding & { readonly service: string };

/** Of one process, at one moment. Of `ballots` it is the answer of GET /private/examination (caller `elections`). */
export const healthReport = z.object({
  instance: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/)
    .describe('Its machine or container, and its process there.'),
  version: z.string().max(100),
  reportedAt: instant,
  findings: z.array(shownFinding).max(findingsMax),
});
export type HealthReport = z.infer<typeof healthReport>;

/**
 * Services that are expected to report. The panel is not: it serves this page. Nor is `herald`, whose report is part of
 * that of `api`.
 */
export const reportingServices = [
  'api',
  'sms',
  'ballots',
  'mixer',
  'access',
  'elections',
  'officials',
  'worker',
  'log',
] as const satisfies readonly ServiceName[];
export type ReportingService = (typeof reportingServices)[number];

/** Key in Redis of the reports of a service: a hash with one field for each process. */
export const healthKey = (service: ReportingService): string => `health:${service}`;
/**
 * Redis rules for reporting, each service under its own name only, and for reading all reports. In brackets
 * (selectors), so that these commands are allowed for these keys and for no other.
 */
export const healthWriterRules = (service: ReportingService): readonly string[] => [
  `(~${healthKey(service)} +hset +hgetall +hdel +expire)`,
];
export const healthReaderRules: readonly string[] = ['(%R~health:* +eval_ro +hrandfield +hstrlen +hget)'];

/** GET /v1/system */
export const systemAnswer = z
  .object({
    at: instant,
    services: z
      .array(healthReport.extend({ service: serviceName }).meta({ id: 'ServiceReport' }))
      .describe('Each process that has reported lately, by service. A service may have several.'),
    silent: z
      .array(
        z
          .object({
            service: serviceName,
            since: instant.nullable().describe('Its last report, where one is known.'),
            next: z.string().describe('What to do.'),
          })
          .meta({ id: 'SilentService' }),
      )
      .describe('Expected services of which no process has reported lately.'),
  })
  .meta({ id: 'System' });
export type SystemAnswer = z.infer<typeof systemAnswer>;
