// The people who run elections: their roles, and how each got an account. Voters are not users: no one needs an account
// to vote.

export const userRoles = ['administrator', 'official', 'auditor'] as const;
export type UserRole = (typeof userRoles)[number];

export const userStates = ['waiting', 'active', 'suspended'] as const;
export type UserState = (typeof userStates)[number];

export const userSources = ['registered', 'invited', 'operator'] as const;
export type UserSource = (typeof userSources)[number];

/** The schemes of a user's national id. */
export const nationalIdSchemes = ['jmbg', 'hkid'] as const;
export type NationalIdScheme = (typeof nationalIdSchemes)[number];
