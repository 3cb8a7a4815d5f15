// The requested port of each part of the local platform, with its variable.
import type { WantedPort } from './ports.ts';
import type { StartSettings } from './settings.ts';
import type { LocalPort } from './zone-environments.ts';

export function wantedPorts({ values, ownDatabases }: StartSettings): Readonly<Record<LocalPort, WantedPort>> {
  const at = (variable: keyof typeof values & `${string}_PORT`, host = '127.0.0.1'): WantedPort => ({
    variable,
    host,
    port: values[variable],
  });
  // Ports of servers that are not started are not checked: any free one is taken.
  const unused = (requested: WantedPort, isUnused: boolean): WantedPort =>
    isUnused ? { ...requested, port: 0 } : requested;
  return {
    api: at('API_PORT', values.API_HOST),
    sms: at('SMS_PORT', values.SMS_HOST),
    apiPrivate: at('API_PRIVATE_PORT'),
    smsPrivate: at('SMS_PRIVATE_PORT'),
    ballots: at('BALLOTS_PORT'),
    mixer: at('MIXER_PORT'),
    access: at('ACCESS_PORT', values.ACCESS_HOST),
    accessPrivate: at('ACCESS_PRIVATE_PORT'),
    elections: at('ELECTIONS_PORT', values.ELECTIONS_HOST),
    electionsPrivate: at('ELECTIONS_PRIVATE_PORT'),
    officials: at('OFFICIALS_PORT', values.OFFICIALS_HOST),
    officialsPrivate: at('OFFICIALS_PRIVATE_PORT'),
    worker: at('WORKER_PORT'),
    log: at('LOG_PORT'),
    herald: at('HERALD_PORT'),
    panel: at('PANEL_PORT', values.PANEL_HOST),
    panelPrivate: at('PANEL_PRIVATE_PORT'),
    postgres: unused(at('POPVOTE_POSTGRES_PORT'), ownDatabases !== undefined),
    redis: unused(at('POPVOTE_REDIS_PORT'), values.EDGE_REDIS_URL !== undefined),
    controlRedis: unused(at('POPVOTE_CONTROL_REDIS_PORT'), values.CONTROL_REDIS_URL !== undefined),
  };
}
