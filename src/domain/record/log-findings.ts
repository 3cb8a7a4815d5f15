// Which findings of the services are about the public logs.

/** Of `log`, or of `herald`, which `api` reports. */
export const isOfPublicLog = (service: string, check: string): boolean =>
  (service === 'log' && check === 'public logs') || check.startsWith('herald');
