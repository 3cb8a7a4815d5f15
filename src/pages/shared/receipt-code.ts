// The part of a receipt that people compare.
import type { Receipt } from '../../protocol/public-api.ts';

/** The public name of the cast, or the leaf of a receipt of version 1. */
export const receiptCode = (receipt: Receipt): string => (receipt.version === 1 ? receipt.leaf : receipt.castTag);
