// What the page knows about a checked file, in one state: its heading and what can be done follow from it.
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import type { CheckedFile } from './check-file.ts';

export const reportTitles = {
  problems: 'This file has problems',
  ready: 'This file is ready',
  'already-uploaded': 'This file was already uploaded',
  'missing-rows': 'Some rows of this file are missing',
  withdrawn: 'This file was withdrawn',
} as const;
export type ReportState = keyof typeof reportTitles;

/** Whether the service has the file: it need not be sent, unlike one with missing rows or one that was withdrawn. */
export const hasArrived = ({ state }: Pick<Batch, 'state'>): boolean => state !== 'incomplete' && state !== 'withdrawn';

/** `earlier`: the upload of the same file, if there was one. */
export function reportStateOf(
  { fault, wrong }: Pick<CheckedFile, 'fault' | 'wrong'>,
  earlier: Pick<Batch, 'state'> | null,
): ReportState {
  if (fault !== null || wrong.total > 0) return 'problems';
  if (earlier === null) return 'ready';
  if (hasArrived(earlier)) return 'already-uploaded';
  return earlier.state === 'withdrawn' ? 'withdrawn' : 'missing-rows';
}
