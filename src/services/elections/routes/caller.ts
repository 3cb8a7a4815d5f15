// The caller of a control API request, for the audit log.
import type { FastifyRequest } from 'fastify';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { hasSecondFactor } from '../../../protocol/control/access-tokens.ts';
import type { Caller } from '../audit/audit.ts';

export function callerOf(guard: RoleGuard, request: FastifyRequest): Caller {
  const claims = guard.callerOf(request);
  const actor = { kind: 'user', userId: claims.sub, role: claims.role } as const;
  return { actor, secondFactor: hasSecondFactor(claims), request: request.id };
}
