// The invitations of an election in some languages.
import { usePart } from '../../parts/use-part.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import type { LanguageTag } from '../../../public/languages/languages.ts';
import { loadInvitation } from './invitation.ts';
import type { VoterInvitation } from './invitation.ts';

/** Empty until they are loaded. `link` null: there is no address to vote at. */
export function useInvitations(
  election: AdministeredElection,
  tags: readonly LanguageTag[],
  link: string | null,
): readonly VoterInvitation[] {
  const { definition, announcedAt } = election;
  const load = (): Promise<readonly VoterInvitation[]> =>
    Promise.all(link === null ? [] : tags.map((tag) => loadInvitation(election, tag, link)));
  return usePart(load, JSON.stringify([definition, announcedAt, tags, link])) ?? [];
}
