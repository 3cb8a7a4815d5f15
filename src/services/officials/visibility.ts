// Who may see which batch: officials see the batches that they uploaded, administrators and auditors see all.
import type { AccessClaims } from '../../protocol/control/access-tokens.ts';
import type { Batch, BatchesQuery } from '../../protocol/control/officials-api.ts';
import { Problem } from '../../protocol/problem.ts';
import type { BatchProgress } from './batch-progress.ts';

export type Visibility = {
  /** Throws `batch-not-found`, also if this user may not see the batch. */
  required(claims: AccessClaims, batchId: string): Promise<Batch>;
  list(claims: AccessClaims, query: BatchesQuery): Promise<{ batches: Batch[]; next: string | null }>;
};

export function createVisibility(progress: BatchProgress): Visibility {
  return {
    async required({ role, sub }, batchId) {
      const batch = await progress.find(batchId);
      const visible = batch && (role !== 'official' || batch.official === sub || (await progress.isOf(sub, batchId)));
      if (!visible) throw new Problem('batch-not-found');
      return batch;
    },
    async list({ role, sub }, query) {
      const page = await progress.list(role === 'official' ? sub : null, query);
      if (page) return page;
      const errors = [{ path: 'query/after', detail: 'No batch of this list has this id. Begin with the first page.' }];
      throw new Problem('invalid-request', { errors });
    },
  };
}
