// Which logs of one name people should know about. An amendment of an election, and a change of the witnesses of the record
// of acts, each begin another log under the name.
import { headLogName } from '../../protocol/record/head-log.ts';
import { NotPublishable } from './copy-tree.ts';
import type { PublishedLog } from './log-findings.ts';
import type { PublishedState } from './publish-log.ts';

/** `sinceMs`: when `log` wrote the manifest. */
export type DatedLog = PublishedLog & { readonly sinceMs: number };

/**
 * Of the empty logs of an election only the newest counts, and none beside entries. Of the record of acts only the newest
 * counts: each of its heads covers all earlier ones. A log that is not published further always counts.
 */
export function currentLogs(dated: readonly DatedLog[]): readonly DatedLog[] {
  const newest = new Map<string, number>();
  for (const log of dated.filter(({ state }) => !isRefused(state)))
    newest.set(log.electionId, Math.max(newest.get(log.electionId) ?? 0, rankOf(log)));
  return dated.filter((log) => isRefused(log.state) || rankOf(log) === newest.get(log.electionId));
}

const rankOf = ({ electionId, state, sinceMs }: DatedLog): number =>
  isEmpty(state) || electionId === headLogName ? sinceMs : Infinity;

export const isPublishable = (state: PublishedLog['state']): state is PublishedState =>
  !(state instanceof NotPublishable);
const isEmpty = (state: PublishedLog['state']): boolean => isPublishable(state) && state.size === 0;
export const isRefused = (state: PublishedLog['state']): boolean => !isPublishable(state) || state.contradicted;
