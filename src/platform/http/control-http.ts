// What every control API stands on: an application with safe headers, the guard that lets in by role, and its
// description. Routes that are registered on it name their roles or do not start.
import type { AccessTokenVerifier } from '../keys/access-tokens.ts';
import { createHttp } from './http.ts';
import type { App, HttpOptions } from './http.ts';
import { registerOpenApi } from './openapi.ts';
import type { Described } from './openapi.ts';
import { registerRoleGuard } from './role-guard.ts';
import type { RoleGuard } from './role-guard.ts';
import { securityHeaders } from './security-headers.ts';
import type { SessionStanding } from '../session-standing.ts';

export async function createControlHttp(
  options: HttpOptions,
  described: Omit<Described, 'version'>,
  who: { readonly verify: AccessTokenVerifier; readonly standing: SessionStanding },
): Promise<{ readonly app: App; readonly guard: RoleGuard }> {
  const { app } = await createHttp(options);
  const headers = securityHeaders({ tls: options.tls !== undefined });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  const guard = registerRoleGuard(app, who);
  await registerOpenApi(app, { ...described, version: options.version.version });
  return { app, guard };
}
