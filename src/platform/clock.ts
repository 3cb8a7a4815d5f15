// The clock as a value, so that tests can set it. It is for lifetimes, limits and display. The database alone decides
// whether voting is open.

/** Milliseconds since the epoch. */
export type Clock = () => number;
export const systemClock: Clock = () => Date.now();
