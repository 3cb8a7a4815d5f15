// The accounts of all ballots: received = valid + invalid in each channel and in total, and whether the box holds one
// ballot for each voter who took part online.

export type BallotSums = { readonly received: number; readonly valid: number; readonly invalid: number };
export type Reconciled = {
  readonly turnout: { readonly online: number };
  readonly reconciliation: {
    readonly online: BallotSums;
    readonly batches: BallotSums & { readonly files: number };
  };
};

export type ReconciliationFacts = {
  readonly total: BallotSums;
  /** Null if no paper ballots were received: the table then has the online ballots only. */
  readonly paper: BallotSums | null;
  /** Whether the number of voters who took part online equals the number of their ballots. */
  readonly onlineAgrees: boolean;
};

export function reconciliationFacts({ turnout, reconciliation: { online, batches } }: Reconciled): ReconciliationFacts {
  const { received, valid, invalid } = batches;
  return {
    total: {
      received: online.received + received,
      valid: online.valid + valid,
      invalid: online.invalid + invalid,
    },
    paper: received > 0 || batches.files > 0 ? { received, valid, invalid } : null,
    onlineAgrees: turnout.online === online.received,
  };
}
