// Steps 1 and 2 of a vote: from a number and a phone to a pending token, and from a proof of the phone to a verified
// one. Only form and limits are checked. No answer may depend on who the person is or whether they voted. The number is
// discarded as soon as its keyed hash is made.
import { randomBytes } from 'node:crypto';
import { phaseAt } from '../../../domain/election.ts';
import { phoneLinesDefault } from '../../../domain/phone-lines.ts';
import type { Clock } from '../../../platform/clock.ts';
import { phoneLineOf } from '../../../platform/phone/phone-line.ts';
import { e164 } from '../../../platform/phone/phone-number.ts';
import type { CountryCode } from '../../../platform/phone/phone-number.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { PendingSession, SessionRequest } from '../../../protocol/public-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import type { FindElections } from '../documents/find-elections.ts';
import { canonicalTyped } from './identity-number.ts';
import type { SessionLimits } from './session-limits.ts';
import { createSessionSteps } from './session-steps.ts';
import type { SessionStepsParts, TextedSession, TextedState, VerifiedState } from './session-steps.ts';
import type { VoterNames } from './voter-names.ts';

type Method = PendingClaims['method'];

export type VoterSessions = {
  start(request: SessionRequest, address: string): Promise<PendingSession>;
  /** The next code of the session, the same again, or another method. The session keeps its id and its end. */
  resend(claims: PendingClaims, method: Method | undefined, address: string): Promise<PendingSession>;
  checkCode(claims: PendingClaims, code: string): Promise<VerifiedState>;
  /** The state of a session whose text came, with a verified token if the text is enough. */
  readonly texted: (claims: TextedSession, attestation: Attestation) => Promise<TextedState>;
};

export type SessionParts = SessionStepsParts & {
  readonly elections: Pick<FindElections, 'find'>;
  readonly limits: SessionLimits;
  readonly names: VoterNames;
  readonly region: CountryCode;
};

export function createVoterSessions(parts: SessionParts): VoterSessions {
  const { elections, limits, sms, names, texts, clock } = parts;
  const steps = createSessionSteps(parts);

  return {
    async start(request, address) {
      const election = await admittingElection(elections, request.electionId, clock);
      const { scheme } = election.identity;
      const typed = canonicalTyped(election.identity, request.identity ?? {}, 'body/identity');
      const phone = phoneOf(request.phone, election, parts.region);
      const phoneKey = names.phoneKey(election, phone);
      const subject = scheme === 'phone-only' ? phoneKey : typed.subject;
      const identity = names.identity(election, subject);
      await limits.count(address);
      const sid = randomBytes(16).toString('base64url');
      const { electionId, castTag, locale } = request;
      const session = { sid, electionId, identity, phoneKey, castTag };
      const base = { ...session, phone, startedAtMs: clock(), ...(locale && { locale }) };
      return steps.begin(base, election, request.method);
    },
    async resend(claims, nextMethod, address) {
      const election = await admittingElection(elections, claims.electionId, clock);
      await limits.count(address);
      const method = nextMethod ?? claims.method;
      const again = method === claims.method ? await steps.nextCode(claims, election) : null;
      if (again !== null) return steps.pendingCode(claims, again);
      const { codeTag: _codeTag, challenge: _challenge, ...base } = claims;
      return steps.begin(base, election, method);
    },
    async checkCode(claims, code) {
      const { challenge, phoneKey, codeTag } = claims;
      if (challenge === undefined) throw new Problem('invalid-request', { errors: [noCodeError] });
      const verified = await steps.verify(claims, await sms.checkCode(challenge, phoneKey, code));
      if (codeTag !== undefined) void texts.forget({ phoneKey, codeTag });
      return verified;
    },
    texted: async (claims, attestation) =>
      claims.method === 'text-in-confirmed' ? { state: 'texted' } : steps.verify(claims, attestation),
  };
}

const phoneError = {
  path: 'body/phone',
  detail: 'Write the whole number with its country code, such as +85261234567.',
};
const noCodeError = { path: 'body/code', detail: 'No code was sent for this session yet. Its phone sends a text.' };

// The election, if it accepts sessions: it is open, or so near to its opening that a phone verified now can still cast
// then. Throws `not-open` otherwise, and `voting-interrupted` while recorded votes are missing.
async function admittingElection(
  elections: Pick<FindElections, 'find'>,
  electionId: string,
  clock: Clock,
): Promise<PublicElection> {
  const { election, turnout } = await elections.find(electionId);
  const nowMs = clock();
  const early = phaseAt(nowMs, election) === 'scheduled';
  const spans = nowMs + election.verification.verifiedSecondsMax * 1_000 > Date.parse(election.opensAt);
  if (election.phase === 'closed' || election.phase === 'published' || (early && !spans)) throw new Problem('not-open');
  if (turnout?.body.interrupted) throw new Problem('voting-interrupted');
  return election;
}

// The phone in E.164, of a country and kind that may take part. Its form alone decides.
function phoneOf(text: string, { verification }: PublicElection, installationRegion: CountryCode): string {
  const { phoneCountries, phoneLines = phoneLinesDefault } = verification;
  const region = phoneCountries?.[0] as CountryCode | undefined;
  const phone = e164(text, region ?? installationRegion);
  if (phone === null) throw new Problem('invalid-phone', { errors: [phoneError] });
  if (phoneCountries === undefined) return phone;
  const number = phoneLineOf(phone);
  if (number !== null && phoneCountries.includes(number.country) && phoneLines.includes(number.line)) return phone;
  const detail = `Give a number (${phoneLines.join(', ')}) of one of these countries: ${phoneCountries.join(', ')}.`;
  throw new Problem('phone-not-admitted', { errors: [{ path: 'body/phone', detail }] });
}
