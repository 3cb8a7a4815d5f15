// Proposals in words: the act and the state.
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import type { UserActName } from '../../../protocol/control/user-proposals-api.ts';

export const proposalActNames: Readonly<Record<Proposal['act'], string>> = {
  announce: 'Announce the election',
  change: 'Change the announced election',
  extend: 'Extend voting',
  close: 'Close voting',
  'add-notice': 'Publish a notice',
  'withdraw-option': 'Withdraw an option',
  'accept-loss': 'Accept the loss of votes',
  count: 'Count the results',
  'decide-by-lot': 'Record a drawing of lots',
  publish: 'Publish the results',
  'certify-destruction': 'Certify the destruction of data',
  'set-aside-batch': 'Accept a batch as incomplete',
  'withdraw-batch': 'Withdraw a batch',
  'import-roll': 'Change the roll by a file',
  'remove-from-roll': 'Take a person off the roll',
};

export const userActWords: Readonly<Record<UserActName, string>> = {
  'change-user': 'Change an account',
  'remove-user': 'Delete an account',
  'issue-one-time-password': 'Give a one-time password',
  invite: 'Invite a person',
};

export const proposalStateNames: Readonly<Record<Proposal['state'], string>> = {
  proposed: 'waits for another administrator',
  confirmed: 'confirmed, and not carried out yet',
  done: 'confirmed and carried out',
  failed: 'confirmed, and failed',
  rejected: 'rejected',
  expired: 'expired',
};
