// The release before this one, which must work on the schema of this one. To be raised with each release.
export const previousRelease = {
  version: '0.2.0',
  /** Its sources. The test that reads them needs the history of the repository. */
  commit: '6de2124d61864a699c5344ed9dbe76c10f91145a',
  /** The number of its newest migration of each database. */
  migrations: { intake: 6, box: 4, access: 6, elections: 8 },
} as const;
