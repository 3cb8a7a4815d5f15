// The release before this one, which must work on the schema of this one. To be raised with each release.
export const previousRelease = {
  version: '0.2.0',
  /** Its sources. The test that reads them needs the history of the repository. */
  commit: '6de2124d61864a699c5344ed9dbe76c10f91145a',
  /** The number of its newest migration of each database. */
  migrations: { intake: 6, box: 4, access: 6, elections: 8 },
  /**
   * A commit whose processes can be replaced one by one by those of this version while people vote. From 0.2.0 that is not
   * possible: sessions and casts have other forms since then, its mixer does not start on this schema, and it does not
   * drain. A release sets it to its own commit.
   */
  rolling: '1523446ff97664e33743452f949e9a017f9b7f14',
} as const;
