// The phases of a process, and how long it announces its end. All applications of a process share one lifecycle.

export type ProcessLifecycle = {
  /**
   * `draining`: /readyz says so, and everything is served, so that balancers send requests elsewhere. `closing`: the ports
   * accept no connection, and what is in flight is answered.
   */
  phase: 'serving' | 'draining' | 'closing';
  readonly drainMs: number;
};

export const createProcessLifecycle = (drainSeconds: number): ProcessLifecycle => ({
  phase: 'serving',
  drainMs: drainSeconds * 1_000,
});
