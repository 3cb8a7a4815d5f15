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
  'started:text-in-confirmed',
  'confirmed:text-in',
  'confirmed:code',
  'confirmed:text-in-confirmed',
] as const;
export type FunnelField = (typeof funnelFields)[number];

/** For how long sums are kept after the last of them grew, in seconds. */
export const funnelSeconds = 14 * 86_400;

/** Rules for writers and for readers: each a separate selector, so that no other command reaches these keys. */
export const funnelWriterRules: readonly string[] = ['(~funnel:* +hincrby +expire)'];
export const funnelReaderRules: readonly string[] = ['(%R~funnel:* +hmget)'];

/**
 * Codes that voters text in, in one hour: those that `api` asked for and those that `sms` made, each written by that service
 * alone. If many more are made, somebody with the keys of `api` searches codes that no session shows.
 */
export const textCodesKey = (side: 'asked' | 'made', hour: number): string => `text-codes:${side}:${hour}`;
export const hourOf = (atMs: number): number => Math.floor(atMs / 3_600_000);
/** Hours that are compared: this one and the one before. */
export const textCodeHours = 2;
/** For how long the sum of an hour is kept after it grew, in seconds. */
export const textCodesSeconds = 3 * 3_600;

export const askedCodesWriterRules: readonly string[] = ['(~text-codes:asked:* +incrby +expire)'];
export const madeCodesWriterRules: readonly string[] = ['(~text-codes:made:* +incrby +expire)'];
export const textCodesReaderRules: readonly string[] = ['(%R~text-codes:* +mget)'];
