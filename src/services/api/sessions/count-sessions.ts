// Wraps sessions to count each successful step for the funnel. No answer changes.
import type { FunnelSteps } from './funnel.ts';
import type { VoterSessions } from './sessions.ts';

export function countSessions(sessions: VoterSessions, funnel: FunnelSteps): VoterSessions {
  return {
    async start(request, address) {
      const session = await sessions.start(request, address);
      funnel.started(request.electionId, request.method);
      return session;
    },
    async resend(claims, method, address) {
      const session = await sessions.resend(claims, method, address);
      if (method !== undefined && method !== claims.method) funnel.switched(claims.electionId, method);
      return session;
    },
    async checkCode(claims, code) {
      const verified = await sessions.checkCode(claims, code);
      funnel.confirmed(claims, claims.method);
      return verified;
    },
    async texted(claims, attestation) {
      const state = await sessions.texted(claims, attestation);
      if (state.state === 'verified') funnel.confirmed(claims, claims.method);
      return state;
    },
  };
}
