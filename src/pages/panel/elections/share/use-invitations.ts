// The invitations of an election in some languages. A slow answer never replaces that of a later choice.
import { useEffect, useState } from 'preact/hooks';
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
  const [loaded, setLoaded] = useState<readonly VoterInvitation[]>([]);
  const { definition, announcedAt } = election;
  useEffect(() => {
    let active = true;
    const each = link === null ? [] : tags.map((tag) => loadInvitation(election, tag, link));
    void Promise.all(each).then((all) => {
      if (active) setLoaded(all);
    });
    return () => {
      active = false;
    };
  }, [JSON.stringify(definition), announcedAt, tags.join(' '), link]);
  return loaded;
}
