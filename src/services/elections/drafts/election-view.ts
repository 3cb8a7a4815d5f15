// The control API's view of a stored election.
import type {
  AdministeredElection,
  ElectionSummary,
  WrittenElection,
} from '../../../protocol/control/elections-api.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { ListedElection, StoredElection } from '../../../store/elections/elections.ts';
import { participantsOf, titleOf } from './written-election.ts';
import type { KnownParticipants } from './written-election.ts';
import { instantOf } from '../../../protocol/public-values.ts';

export function shownElectionOf(
  stored: StoredElection,
  participants: KnownParticipants,
  manifestHash: string | null,
): AdministeredElection {
  const { id, state, phase, version, pending, createdBy, changedBy, announcedAtMs } = stored;
  // This service stored the definition.
  const definition = stored.definition as AdministeredElection['definition'];
  return {
    id,
    state,
    phase,
    version,
    changing: pending !== null,
    definition,
    participants: namedParticipants(stored, participants),
    createdAt: instantOf(stored.createdAtMs),
    createdBy,
    changedAt: instantOf(stored.changedAtMs),
    changedBy,
    announcedAt: announcedAtMs === null ? null : instantOf(announcedAtMs),
    manifestHash,
  };
}

// An announced election shows the announced names.
function namedParticipants(
  stored: StoredElection,
  participants: KnownParticipants,
): AdministeredElection['participants'] {
  const election = stored.definition as WrittenElection;
  const announced = announcedNames(stored);
  return participantsOf(election).flatMap((id) => {
    const participant = participants.get(id);
    const title = announced.get(id) ?? (participant && titleOf(participant.name, election.title));
    return participant && title ? [{ id, kind: participant.kind, title: { ...title } }] : [];
  });
}

/** Announced names of participants, by id. Empty for a draft. */
export function announcedNames(stored: StoredElection): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const names = new Map<string, Readonly<Record<string, string>>>();
  const announced = stored.announced as ElectionDefinition | null;
  for (const contest of (stored.definition as WrittenElection).contests) {
    const announcedContest = announced?.contests.find(({ id }) => id === contest.id);
    for (const { id, participantId } of contest.options) {
      const title = announcedContest?.options.find((option) => option.id === id)?.title;
      if (participantId !== undefined && title) names.set(participantId, title);
    }
  }
  return names;
}

export function shownSummary(listed: ListedElection): ElectionSummary {
  const { id, title, state, phase, version, opensAtMs, closesAtMs, timeZone, rehearsal, contests, channels } = listed;
  return {
    id,
    title: { ...title },
    state,
    phase,
    version,
    rehearsal,
    contests,
    channels: [...channels],
    opensAt: instantOf(opensAtMs),
    closesAt: instantOf(closesAtMs),
    timeZone,
  };
}
