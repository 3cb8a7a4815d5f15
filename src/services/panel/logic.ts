// Builds the logic of `panel` from its dependencies: the sessions of browsers, whose tokens `access` issues.
import type { Clock } from '../../platform/clock.ts';
import type { AccessCalls } from './access-calls.ts';
import { createSessionCookies } from './session-cookies.ts';
import { createPanelSessions } from './sessions.ts';
import type { PanelSessions } from './sessions.ts';

export type PanelDependencies = {
  readonly access: AccessCalls;
  readonly secureCookies: boolean;
  readonly clock: Clock;
};

export type PanelLogic = { readonly sessions: PanelSessions };

export function createPanelLogic({ access, secureCookies, clock }: PanelDependencies): PanelLogic {
  const cookies = createSessionCookies({ secure: secureCookies });
  return { sessions: createPanelSessions({ access, cookies, clock }) };
}
