// The caller of a control API request, for the audit log.
import type { FastifyRequest } from 'fastify';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import type { Caller } from '../audit/audit.ts';

export function callerOf(guard: RoleGuard, request: FastifyRequest): Caller {
  const { sub, role } = guard.callerOf(request);
  return { actor: { kind: 'user', userId: sub, role }, request: request.id };
}
