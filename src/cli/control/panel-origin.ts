// The address of the control panel: the option, or where `popvote start` last ran here.
import { localEnvironment, originOf } from '../../local/zone-environments.ts';
import type { Environment } from '../../platform/environment.ts';
import { CommandFailed, exitCodes } from '../context.ts';

export type OriginOptions = { readonly origin?: string; readonly local?: true };
export const originOption = [
  '--origin <address>',
  'of the control panel, such as https://control.example.org',
] as const;
export const localOption = ['--local', 'the panel of the platform that popvote start runs in this folder'] as const;

/** The address without a trailing slash; null where none is configured. Plain HTTP only on this machine. */
export function panelOrigin(environment: Environment, { origin, local }: OriginOptions): string | null {
  if (origin !== undefined && local) throw usage('Give --origin or --local, not both.');
  if (local) {
    const { PANEL_HOST: host = '127.0.0.1', PANEL_PORT: port } = localEnvironment(environment, 'panel');
    return originOf(host, Number(port));
  }
  if (origin === undefined) return null;
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw usage('--origin is no address, such as https://control.example.org.');
  }
  if (url.protocol === 'http:' && !isThisMachine(url.hostname)) {
    throw usage('--origin needs https://: over http:// the password and the tokens could be read on the way.');
  }
  return url.href.replace(/\/+$/, '');
}

const isThisMachine = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127\.[\d.]+$/.test(host);
const usage = (message: string): CommandFailed => new CommandFailed(message, exitCodes.usage);
