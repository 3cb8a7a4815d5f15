// People in words.
import type { User } from '../../../protocol/control/access-api.ts';

export const roleNames = { administrator: 'Administrator', official: 'Official', auditor: 'Auditor' } as const;
export const roleOptions = Object.entries(roleNames) as [User['role'], string][];
export const roleEffects = {
  administrator: 'Runs elections, publishes results and manages accounts',
  official: 'Uploads paper ballots, sees their own batches, and gives cards to voters without a phone',
  auditor: 'Reads elections, turnout, results, batches and the audit log. Changes nothing',
} as const;

export const sourceNames = {
  registered: 'Self-registered',
  invited: 'Invited',
  operator: 'Created by the operator',
} as const;

export const schemeNames = { jmbg: 'JMBG (Serbia)', hkid: 'HKID (Hong Kong)' } as const;

export const nameOf = ({ forename, surname }: Pick<User, 'forename' | 'surname'>): string => `${forename} ${surname}`;
