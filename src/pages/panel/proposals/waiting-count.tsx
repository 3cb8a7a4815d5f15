// The number of proposals that wait for this administrator, beside the name of their page.
import { useWaitingCount } from './use-proposals.ts';

export function WaitingCount() {
  const count = useWaitingCount();
  return count === 0 ? null : <> ({count})</>;
}
