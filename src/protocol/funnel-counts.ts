// Sums that `api` stores in the edge Redis for the control panel: how many sessions began, were verified and cast. They
// are sums only: no person, phone, code, choice or time of a person. Redis may lose them at any moment.

/** A hash: each field is a sum. The values are exact; `elections` shows them in whole steps of K. */
export const funnelKey = (electionId: string): string => `funnel:${electionId}`;

export const funnelFields = [
  'started',
  'confirmed',
  'cast',
  'started:text-in',
  'started:code',
  'confirmed:text-in',
  'confirmed:code',
] as const;
export type FunnelField = (typeof funnelFields)[number];

/** For how long sums are kept after the last of them grew, in seconds. */
export const funnelSeconds = 14 * 86_400;

/** Rules for writers and for readers: each a separate selector, so that no other command reaches these keys. */
export const funnelWriterRules: readonly string[] = ['(~funnel:* +hincrby +expire)'];
export const funnelReaderRules: readonly string[] = ['(%R~funnel:* +hmget)'];
