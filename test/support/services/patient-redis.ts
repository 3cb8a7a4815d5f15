// Redis that all test files share.

/**
 * Limits of a connection to it, in milliseconds. No test waits for an outage of it, and on a late machine the usual second can pass
 * while an answer waits in the socket.
 */
export const patientRedis = { commandTimeout: 20_000, socketTimeout: 30_000 } as const;
