// Steps 1 and 2 of a vote: from a number and a phone to a pending token, and from a proof of the phone to a verified
// one. Only form and limits are checked. No answer may depend on who the person is or whether they voted. The number is
// discarded as soon as its keyed hash is made.
import { randomBytes } from 'node:crypto';
import { phaseAt } from '../../../domain/election.ts';
import { phoneLinesDefault } from '../../../domain/phone-lines.ts';
import { titleText } from '../../../domain/title-text.ts';
import { matchLanguage } from '../../../pages/public/languages/match-language.ts';
import type { Clock } from '../../../platform/clock.ts';
import { contentHash } from '../../../platform/content-hash.ts';
import { phoneLineOf } from '../../../platform/phone/phone-line.ts';
import { e164 } from '../../../platform/phone/phone-number.ts';
import type { CountryCode } from '../../../platform/phone/phone-number.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { PendingSession, SessionRequest, SessionState, Verification } from '../../../protocol/public-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { bindingBytes } from '../../../protocol/proofs/session-binding.ts';
import { pendingSecondsMax } from '../../../protocol/tokens.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import type { Documents } from '../documents/documents.ts';
import type { FindElections } from '../documents/find-elections.ts';
import type { SmsCalls } from '../service-calls.ts';
import { canonicalTyped } from './identity-number.ts';
import type { SessionLimits } from './session-limits.ts';
import { tokenEndOf } from './session-tokens.ts';
import type { SessionTokens } from './session-tokens.ts';
import type { VoterNames } from './voter-names.ts';

/** Life of a verified token, in seconds, if its election's document is missing. */
const verifiedSecondsDefault = 900;
/** Longest title in a text, in characters. */
const titleCharactersMax = 500;

type Method = PendingClaims['method'];
export type VerifiedState = Extract<SessionState, { state: 'verified' }>;
/** The fields of a session that are copied from one token into the next. */
export type SessionOwner = Pick<PendingClaims, 'sid' | 'electionId' | 'identity' | 'phoneKey'>;

export type VoterSessions = {
  start(request: SessionRequest, address: string): Promise<PendingSession>;
  /** Sends the same code again, or uses another method. The session keeps its id and its end. */
  resend(claims: PendingClaims, method: Method | undefined, address: string): Promise<PendingSession>;
  checkCode(claims: PendingClaims, code: string): Promise<VerifiedState>;
  /** Returns a verified token for a session whose phone `sms` attests. */
  readonly verify: (owner: SessionOwner, attestation: Attestation) => Promise<VerifiedState>;
};

export type SessionParts = {
  readonly documents: Pick<Documents, 'election'>;
  readonly elections: Pick<FindElections, 'find'>;
  readonly tokens: SessionTokens;
  readonly limits: SessionLimits;
  readonly sms: SmsCalls;
  readonly names: VoterNames;
  readonly region: CountryCode;
  readonly clock: Clock;
};

type Base = Omit<PendingClaims, 'method' | 'codeTag' | 'challenge'>;

export function createVoterSessions(parts: SessionParts): VoterSessions {
  const { documents, elections, tokens, limits, sms, names, clock } = parts;

  const begin = async (base: Base, election: PublicElection, method: Method): Promise<PendingSession> => {
    if (!election.verification.methods.includes(method)) throw new Problem('method-not-offered');
    return method === 'text-in' ? beginTextIn(base) : pendingCode(base, await sms.sendCode(codeCall(base, election)));
  };

  const beginTextIn = async (base: Base): Promise<PendingSession> => {
    const { sendTo } = (await sms.channels()).textIn;
    if (sendTo === null) throw new Problem('verification-unavailable', retrySoon());
    const { code, codeTag } = await sms.textCode({ phoneKey: base.phoneKey, binding: bindingOf(base) });
    const expiresAt = tokenEndOf(endOf(base));
    return pending({ ...base, method: 'text-in', codeTag }, { method: 'text-in', sendTo, code, expiresAt });
  };

  const pendingCode = (base: Base, answer: Awaited<ReturnType<SmsCalls['sendCode']>>): Promise<PendingSession> => {
    const { challenge, resendAfter, expiresAt } = answer;
    return pending({ ...base, method: 'code', challenge }, { method: 'code', resendAfter, expiresAt });
  };

  const pending = async (claims: PendingClaims, verification: Verification): Promise<PendingSession> => ({
    token: await tokens.pending.seal(claims, endOf(claims)),
    state: 'pending',
    expiresAt: tokenEndOf(endOf(claims)),
    verification,
  });

  const verify: VoterSessions['verify'] = async ({ sid, electionId, identity, phoneKey }, attestation) => {
    const election = documents.election(electionId, clock())?.election;
    const seconds = election?.verification.verifiedSecondsMax ?? verifiedSecondsDefault;
    const endMs = clock() + seconds * 1_000;
    const token = await tokens.verified.seal({ sid, electionId, identity, phoneKey, attestation }, endMs);
    return { state: 'verified', token, expiresAt: tokenEndOf(endMs) };
  };

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
      return begin(base, election, request.method);
    },
    async resend({ method: current, codeTag: _codeTag, challenge, ...base }, nextMethod, address) {
      const election = await admittingElection(elections, base.electionId, clock);
      await limits.count(address);
      const again = (nextMethod ?? current) === 'code' && challenge !== undefined;
      return again ? pendingCode(base, await sms.resendCode(challenge)) : begin(base, election, nextMethod ?? current);
    },
    async checkCode(claims, code) {
      if (claims.challenge === undefined) throw new Problem('invalid-request', { errors: [noCodeError] });
      return verify(claims, await sms.checkCode(claims.challenge, claims.phoneKey, code));
    },
    verify,
  };
}

const bindingOf = (base: Base): string => contentHash(bindingBytes(base));
const endOf = ({ startedAtMs }: Base): number => startedAtMs + pendingSecondsMax * 1_000;

const phoneError = {
  path: 'body/phone',
  detail: 'Write the whole number with its country code, such as +85261234567.',
};
const noCodeError = { path: 'body/code', detail: 'This session is verified by a text from the phone, not by a code.' };

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

function codeCall(base: Base, { title, rehearsal }: PublicElection): Parameters<SmsCalls['sendCode']>[0] {
  const { phone, locale } = base;
  // Without the voter's own language, the title has the language of the text around it.
  const languages = locale === undefined ? [] : [locale, matchLanguage([locale])];
  const { text } = titleText(title, ...languages);
  const language = locale !== undefined && { locale };
  return { phone, ...language, title: text.slice(0, titleCharactersMax), rehearsal, binding: bindingOf(base) };
}
