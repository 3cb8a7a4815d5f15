// People in words.
import type { User } from '../../../protocol/control/access-api.ts';

export const roleNames = { administrator: 'Administrator', official: 'Official', auditor: 'Auditor' } as const;
export const roleOptions = Object.entries(roleNames) as [User['role'], string][];
export const roleEffects = {
  administrator: 'runs elections, publishes results and administers people',
  official: 'uploads paper ballots and sees the own batches',
  auditor: 'reads elections, turnout, results, batches and the audit log, and changes nothing',
} as const;

export const sourceNames = {
  registered: 'Registered by themselves',
  invited: 'Invited',
  operator: 'Made by the operator',
} as const;

export const schemeNames = { jmbg: 'JMBG (Serbia)', hkid: 'HKID (Hong Kong)' } as const;

export const nameOf = ({ forename, surname }: Pick<User, 'forename' | 'surname'>): string => `${forename} ${surname}`;
