// What a person should know on any page of the panel: voting that closes soon, batches that failed, and acts that wait for
// them. From the readings of the overview, so that both say the same. Pure.
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import { attentionOf } from '../live/attention.ts';
import type { Attention, AttentionSources } from '../live/attention.ts';
import { countText, titleInEnglish } from '../words.ts';

export type PanelNotice = Pick<Attention, 'key' | 'title' | 'act'>;

export type NoticeSources = Pick<AttentionSources, 'ended' | 'waiting' | 'batches'> & {
  readonly nowMs: number;
  readonly open: readonly ElectionSummary[];
  /** Proposals that wait for this person. */
  readonly proposals: number;
  /** Whether this person counts and publishes. */
  readonly administers: boolean;
  /** Whether this person opens the pages of elections. Officials do not. */
  readonly reads: boolean;
};

/** How long before the end an election is said to close soon. */
const soonMs = 3_600_000;

export function noticesOf({
  nowMs,
  open,
  proposals,
  administers,
  reads,
  ...sources
}: NoticeSources): readonly PanelNotice[] {
  // Rehearsals are often left uncounted.
  const ended = administers ? sources.ended.filter(({ rehearsal }) => !rehearsal) : [];
  return [
    ...open
      .filter(({ closesAt }) => Date.parse(closesAt) - nowMs <= soonMs)
      .map((election) => closingSoon(election, reads)),
    ...waitingProposals(proposals),
    ...attentionOf({ ...sources, ended, running: [], lives: [], system: undefined }),
  ];
}

// The title says no minutes: it is read aloud when it changes.
const closingSoon = ({ id, title }: ElectionSummary, reads: boolean): PanelNotice => ({
  key: `closing ${id}`,
  title: `${titleInEnglish(title)} closes within the hour`,
  // The overview of officials says which elections still take their files.
  act: reads ? [`/elections/${encodeURIComponent(id)}`, 'Open the election'] : ['/', 'Open the overview'],
});

const waitingProposals = (count: number): readonly PanelNotice[] =>
  count === 0
    ? []
    : [
        {
          key: 'proposals',
          title: `${countText(count, 'proposal waits', 'proposals wait')} for your confirmation`,
          act: ['/proposals', 'Open approvals'],
        },
      ];
