// Problems (RFC 9457): the error that is thrown, the body on the wire, and the groups of codes that follow from the
// properties in problems/problem-table.ts.
import { z } from 'zod';
import { recordedStates, retryWays } from './problems/problem-properties.ts';
import type {
  AnsweredCall,
  ExtraMember,
  ProblemAudience,
  ProblemProperties,
  Retry,
} from './problems/problem-properties.ts';
import { problemTable } from './problems/problem-table.ts';
import { wrongLine } from './wrong-lines.ts';
import type { WrongLine } from './wrong-lines.ts';

type Table = typeof problemTable;
export type ProblemCode = keyof Table;
export const problems: Readonly<Record<ProblemCode, ProblemProperties>> = problemTable;
export const problemCodes = Object.keys(problems) as ProblemCode[];

/** The codes that this audience can receive. */
export type ProblemCodeFor<Audience extends ProblemAudience> = {
  [Code in ProblemCode]: Audience extends Table[Code]['audience'][number] ? Code : never;
}[ProblemCode];

/** The codes that can answer this call. */
export type ProblemCodeOf<Call extends AnsweredCall> = {
  [Code in ProblemCode]: Table[Code] extends { readonly answersTo: readonly (infer Answered)[] }
    ? Call extends Answered
      ? Code
      : never
    : never;
}[ProblemCode];

export function problemCodesOf<Call extends AnsweredCall>(call: Call): ProblemCodeOf<Call>[] {
  const answers = (code: ProblemCode): code is ProblemCodeOf<Call> => problems[code].answersTo?.includes(call) === true;
  return problemCodes.filter(answers);
}

/** Whether the same bytes may succeed later, so that the callee has not decided yet. */
export const isTemporary = (code: ProblemCode): boolean => problems[code].retry === 'same-bytes';

/** What a user can have beside a password. */
const secondFactorKinds = ['passkey', 'authenticator'] as const;
export type SecondFactorKind = (typeof secondFactorKinds)[number];

type ExtraMembers = {
  readonly errors?: readonly { readonly path: string; readonly detail: string }[] | undefined;
  readonly triesLeft?: number | undefined;
  /** Lines of an uploaded file that are not valid, for the person who sent it. */
  readonly lines?: readonly WrongLine[] | undefined;
  /** How many there are, where not all are listed. */
  readonly linesTotal?: number | undefined;
  /** The second factors that the user has. */
  readonly factors?: readonly SecondFactorKind[] | undefined;
};
type StandardExtras = {
  /** Replaces the table's detail where a more precise one helps; never with a value that the client sent. */
  readonly detail?: string;
  /** Whole seconds, sent as the Retry-After field. */
  readonly retryAfterSeconds?: number;
};
export type ProblemExtras = StandardExtras & ExtraMembers;

type DeclaredBy<Code extends ProblemCode> = Table[Code] extends { readonly extras: readonly (infer Member)[] }
  ? Member & ExtraMember
  : never;
/** What a rejection with this code may carry. */
export type ProblemExtrasOf<Code extends ProblemCode> = StandardExtras & Pick<ExtraMembers, DeclaredBy<Code>>;

/** A rejection. Thrown where a request cannot be served; `platform/http/problems.ts` turns it into an answer. */
class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;
  constructor(code: ProblemCode, extras: ProblemExtras = {}) {
    super(code);
    this.name = 'Problem';
    this.code = code;
    this.extras = extras;
  }
}
export type Problem = ProblemError;
/** Accepts only the extra members that the code declares. A class cannot say so, because a constructor has no generics. */
export const Problem: new <Code extends ProblemCode>(code: Code, extras?: ProblemExtrasOf<Code>) => Problem =
  ProblemError;

export const problemMediaType = 'application/problem+json';
export const problemTypePrefix = 'https://popvote.invalid/problems/';

const retryText = Object.entries(retryWays).map(([way, text]) => `\`${way}\`: ${text}`);

const extraMembers = {
  errors: z.array(z.object({ path: z.string(), detail: z.string() })).optional(),
  triesLeft: z.int().optional(),
  lines: z.array(wrongLine).optional(),
  linesTotal: z.int().optional(),
  factors: z.array(z.enum(secondFactorKinds)).optional(),
} satisfies Record<ExtraMember, z.ZodType>;

/** The body of a rejection on the wire. */
export const problemBody = z
  .object({
    type: z.string().describe('An address that ends in the code.'),
    title: z.string(),
    status: z.int(),
    code: z.enum(problemCodes as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    recorded: z
      .enum(recordedStates)
      .describe('Whether the request took effect. `earlier`: this ballot is not recorded, but an earlier one is.'),
    retry: z.enum(Object.keys(retryWays) as [Retry, ...Retry[]]).describe(`How to succeed. ${retryText.join(' ')}`),
    ...extraMembers,
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof problemBody>;

export function problemBodyOf(code: ProblemCode, extras: ProblemExtras = {}): ProblemBody {
  const { status, title, detail, recorded, retry } = problems[code];
  return {
    type: problemTypePrefix + code,
    title,
    status,
    code,
    detail: extras.detail ?? detail,
    recorded,
    retry,
    ...declaredMembers(code, extras),
  };
}

/** The rejection of one item of a call that has many. */
export const rejectedItem = z.object({ problem: problemBody, retryAfterSeconds: z.int().optional() });

export function rejectedItemOf({ code, extras }: Problem): z.infer<typeof rejectedItem> {
  const { retryAfterSeconds } = extras;
  return { problem: problemBodyOf(code, extras), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

/** The fields that the caller of another service reads of a body. The properties come from the table of this service. */
const problemRead = problemBody.pick({ code: true, detail: true }).extend(extraMembers);

/** The rejection in a body from another service, or null if it is not one. */
export function problemOf(body: unknown, retryAfterSeconds: number | undefined): Problem | null {
  const read = problemRead.safeParse(body);
  if (!read.success) return null;
  const { code, detail, ...members } = read.data;
  return new Problem(code, {
    detail,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...declaredMembers(code, members),
  });
}

function declaredMembers(code: ProblemCode, members: ExtraMembers): Pick<ProblemBody, ExtraMember> {
  const declared = problems[code].extras ?? [];
  const entries = declared.map((member) => [member, members[member]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
