// The entry of the registry for a roll that two administrators import: its parameters name a file by its SHA-256.
import { z } from 'zod';
import { Problem } from '../../../protocol/problem.ts';
import { electionAct } from './election-act.ts';

/** What the administrator who confirms can compare with the report on the file. */
const counts = z.record(z.string(), z.union([z.int(), z.string()]));
/** The query as the request had it. */
const queryTexts = z.record(z.string(), z.string());
export const rollImportParameters = z.strictObject({ query: queryTexts, sha256: z.string(), counts });

/** The entry of the registry. The act needs its file, so it is carried out by the second upload only. */
export const rollImportAct = electionAct({
  parameters: rollImportParameters,
  execute: () => Promise.reject(new Problem('conflict', { detail: fileNeeded })),
});

const fileNeeded =
  'Send the same file again with `proposal`, as the administrator who confirms: POST /v1/elections/{electionId}/roll. ' +
  'Nothing was changed.';
