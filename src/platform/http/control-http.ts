// The base of every control API: an application with safe headers, the guard that admits by role, and the OpenAPI
// document. Routes that are registered on it must name their roles.
import type { AccessTokenVerifier } from '../keys/access-tokens.ts';
import { createHttp } from './http.ts';
import type { App, HttpOptions } from './http.ts';
import { registerOpenApi } from './openapi.ts';
import type { Described } from './openapi.ts';
import { registerRoleGuard } from './role-guard.ts';
import type { RoleGuard } from './role-guard.ts';
import { answerHeaders } from './security-headers.ts';
import type { SessionStatusLookup } from '../session-status.ts';

export async function createControlHttp(
  options: HttpOptions,
  described: Omit<Described, 'version'>,
  who: { readonly verify: AccessTokenVerifier; readonly sessionStatus: SessionStatusLookup },
): Promise<{ readonly app: App; readonly guard: RoleGuard }> {
  const headers = answerHeaders({ tls: options.tls !== undefined });
  const { app } = await createHttp({ ...options, headers });
  const guard = registerRoleGuard(app, who);
  await registerOpenApi(app, { ...described, version: options.version.version });
  return { app, guard };
}
