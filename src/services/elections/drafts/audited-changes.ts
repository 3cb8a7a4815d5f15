// What a change of an election changed, field by field, as the audit log keeps it: a logo by its digest.
import { isDeepStrictEqual } from 'node:util';
import type { WrittenElection } from '../../../protocol/control/elections-api.ts';
import type { Changes } from '../audit/audit.ts';
import { logoInDocument } from './logo.ts';

export function auditedChanges(before: Partial<WrittenElection>, after: Partial<WrittenElection>): Changes {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof WrittenElection)[];
  const valueOf = (election: Partial<WrittenElection>, member: keyof WrittenElection): unknown =>
    member === 'logo' && election.logo !== undefined ? logoInDocument(election.logo) : election[member];
  return Object.fromEntries(
    members
      .filter((member) => !isDeepStrictEqual(before[member], after[member]))
      .map((member) => [
        member,
        {
          ...(before[member] !== undefined && { from: valueOf(before, member) }),
          ...(after[member] !== undefined && { to: valueOf(after, member) }),
        },
      ]),
  );
}
