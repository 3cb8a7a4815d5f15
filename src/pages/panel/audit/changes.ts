// The changes in an entry: the value of each field before and after.
import type { AuditEntry } from '../../../protocol/control/audit-log-api.ts';

export type Change = { readonly member: string; readonly before: string | null; readonly after: string | null };

export function changesOf({ changed }: AuditEntry): readonly Change[] {
  return Object.entries(changed ?? {}).map(([member, value]) => {
    // For values too large to store, the log has only the names of the fields.
    if (Array.isArray(value)) return { member, before: null, after: value.map(String).join(', ') };
    const { from, to } = (value ?? {}) as { from?: unknown; to?: unknown };
    return { member, before: textOf(from), after: textOf(to) };
  });
}

const textOf = (value: unknown): string | null => {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
};
