// When voting opens, which the pages of an election show in several places.
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';

/** When voting opens or opened: not before the announcement. */
export const openingOf = ({
  definition: { opensAt },
  announcedAt,
}: Pick<AdministeredElection, 'definition' | 'announcedAt'>): string =>
  announcedAt !== null && Date.parse(announcedAt) > Date.parse(opensAt) ? announcedAt : opensAt;
