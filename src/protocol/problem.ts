// Rejections (RFC 9457): the error that is thrown, and the body that a client meets. What each says stands in one closed
// table.
import { z } from 'zod';
import { problemTable } from './problem-table.ts';
import { wrongLine } from './wrong-lines.ts';
import type { WrongLine } from './wrong-lines.ts';

/** The closed table: see problem-table.ts. */
export const problems = problemTable;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[];

export type ProblemExtras = {
  /** Replaces the table's detail where a more precise one helps; never with a value that the client sent. */
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly detail: string }[];
  readonly triesLeft?: number;
  /** Lines of an uploaded file that are of wrong form, shown to whoever sent it. */
  readonly lines?: readonly WrongLine[];
  /** How many there are, where not all are listed. */
  readonly linesTotal?: number;
  /** Whole seconds, sent as the Retry-After field. */
  readonly retryAfterSeconds?: number;
};

/** A rejection. Thrown where a request cannot be served; `platform/problems.ts` alone turns it into an answer. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;
  constructor(code: ProblemCode, extras: ProblemExtras = {}) {
    super(code);
    this.name = 'Problem';
    this.code = code;
    this.extras = extras;
  }
}

export const problemMediaType = 'application/problem+json';
export const problemTypePrefix = 'https://popvote.invalid/problems/';

/** The body of a rejection on the wire. */
export const problemBody = z
  .object({
    type: z.string().describe('An address that ends in the code.'),
    title: z.string(),
    status: z.int(),
    code: z.enum(problemCodes as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), detail: z.string() })).optional(),
    triesLeft: z.int().optional(),
    lines: z.array(wrongLine).optional(),
    linesTotal: z.int().optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof problemBody>;

export function problemBodyOf(code: ProblemCode, extras: ProblemExtras = {}): ProblemBody {
  const { status, title, detail } = problems[code];
  return {
    type: problemTypePrefix + code,
    title,
    status,
    code,
    detail: extras.detail ?? detail,
    ...(extras.errors && { errors: [...extras.errors] }),
    ...(extras.triesLeft !== undefined && { triesLeft: extras.triesLeft }),
    ...(extras.lines && { lines: [...extras.lines] }),
    ...(extras.linesTotal !== undefined && { linesTotal: extras.linesTotal }),
  };
}
