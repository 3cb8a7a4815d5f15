// The accounts of all ballots: received = valid + invalid in each channel and together, and whether the box holds one
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
  /** Null where no paper ballots were received: the table then has the online ballots alone. */
  readonly paper: BallotSums | null;
  /** Whether as many voters took part online as there are ballots of them. */
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
