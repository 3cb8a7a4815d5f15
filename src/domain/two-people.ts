// When an act needs two administrators: one proposes it, and another confirms it with exactly the proposed parameters.

/** Life of a proposal, in seconds. */
export const proposalSeconds = 86_400;

/** `confirmers`: administrators who can sign in, with the one who acts. */
export const userActNeedsTwo = (confirmers: number): boolean => confirmers > 1;

export const electionActNeedsTwo = (rehearsal: boolean, confirmers: number): boolean => !rehearsal && confirmers > 1;
