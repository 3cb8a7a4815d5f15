// The step that writes the ledger's view of a batch to the control Redis: `worker` as rows are stored, and `elections`
// when a batch is confirmed or withdrawn. Its counts never go back, and neither do its uploads and withdrawals.
import { batchChangesChannel, batchIndexKeys, batchIndexMax, batchViewKey, batchViewSeconds } from './batch-entries.ts';
import type { BatchView } from './batch-entries.ts';

/**
 * For EVAL, with the keys and values of `batchViewStep`. Keeps a view of a later phase, or with more checked rows or
 * a confirmation in the same phase: a delayed service may come with an older one. Returns whether it wrote, as 0 or 1.
 */
export const batchViewScript = `
local known = redis.call('GET', KEYS[1])
if known then
  local read, value = pcall(cjson.decode, known)
  if read and type(value) == 'table' and type(value.checked) == 'number' then
    local phase = type(value.phase) == 'number' and value.phase or 0
    if phase > tonumber(ARGV[8]) then return 0 end
    if phase == tonumber(ARGV[8]) and value.checked > tonumber(ARGV[2]) then return 0 end
    if phase == tonumber(ARGV[8]) and type(value.confirmation) == 'table' and ARGV[9] == '0' then return 0 end
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
for index = 2, #KEYS do
  redis.call('ZADD', KEYS[index], 'NX', ARGV[4], ARGV[5])
  redis.call('ZREMRANGEBYRANK', KEYS[index], 0, -1 - ARGV[6])
end
if ARGV[7] ~= '' then redis.call('PUBLISH', ARGV[7], ARGV[5]) end
return 1`;

/** `in-lists`: the batch is also listed, and its watchers are notified. `view`: only the view is written. */
type Reach = 'in-lists' | 'view';

/** The keys and values of the script for a view. */
export function batchViewStep(
  view: BatchView,
  reach: Reach,
): { readonly keys: readonly string[]; readonly values: readonly (string | number)[] } {
  const { batchId, electionId, official } = view;
  const listed = reach === 'in-lists';
  return {
    keys: [batchViewKey(batchId), ...(listed ? batchIndexKeys(official, electionId) : [])],
    values: [
      JSON.stringify(view),
      view.checked,
      batchViewSeconds,
      Date.parse(view.acceptedAt),
      batchId,
      batchIndexMax,
      listed ? batchChangesChannel : '',
      view.phase,
      view.confirmation === null ? 0 : 1,
    ],
  };
}
