// The clock as a value, so that tests can set it. It is for lifetimes, limits and display; whether voting is open is
// the database's to say.

/** Milliseconds since the epoch. */
export type Clock = () => number;
export const systemClock: Clock = () => Date.now();
