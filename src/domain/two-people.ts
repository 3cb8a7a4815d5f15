// When an act needs two administrators: one proposes it, and another confirms it with exactly the proposed parameters.
import type { UserRole } from './user.ts';

/** Life of a proposal, in seconds. */
export const proposalSeconds = 86_400;

/** `confirmers`: administrators who can sign in, with the one who acts. */
export const electionActNeedsTwo = (rehearsal: boolean, confirmers: number): boolean => !rehearsal && confirmers > 1;

/** What an act on a user changes. */
export type UserAct = {
  readonly roleBefore: UserRole;
  readonly role?: UserRole | undefined;
  /** Removes or replaces what the user signs in with, or the account itself. */
  readonly takesOver: boolean;
  /** Suspends the user, lifts a suspension, or corrects the address. */
  readonly changesAccount: boolean;
};

/**
 * Whether an act on a user needs two. Rights, and what a user signs in with, always do. Everything that could lock an
 * administrator out does too, because the other one confirms.
 */
export function userActNeedsTwo({ roleBefore, role, takesOver, changesAccount }: UserAct, confirmers: number): boolean {
  if (confirmers < 2) return false;
  const changesRights = role !== undefined && role !== roleBefore;
  return changesRights || takesOver || (changesAccount && roleBefore === 'administrator');
}
