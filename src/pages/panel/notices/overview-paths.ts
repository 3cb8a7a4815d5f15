// The addresses that the overview and the notices of every page read.

/** Most elections of each phase, and most batches, that are read. */
const electionsMax = 20;
const batchesMax = 200;

const inPhase = (phase: string): string => `/v1/elections?phase=${phase}&limit=${electionsMax}`;

export const overviewPaths = {
  open: inPhase('open'),
  scheduled: inPhase('scheduled'),
  closed: inPhase('closed'),
  batches: `/v1/batches?limit=${batchesMax}`,
  waitingUsers: '/v1/users?state=waiting',
} as const;
