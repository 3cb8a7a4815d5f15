// What the steps of a session do: show a code to text in, send one, and give the token of a proven phone. Who may take a step
// is decided in sessions.ts.
import { titleText } from '../../../domain/title-text.ts';
import { matchLanguage } from '../../../pages/public/languages/match-language.ts';
import type { Clock } from '../../../platform/clock.ts';
import { contentHash } from '../../../platform/content-hash.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { PendingSession, SessionState, Verification } from '../../../protocol/public-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { bindingBytes } from '../../../protocol/proofs/session-binding.ts';
import type { NoticeCall } from '../../../protocol/sms-service.ts';
import { pendingSecondsMax } from '../../../protocol/tokens.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import type { Documents } from '../documents/documents.ts';
import type { SmsCalls } from '../service-calls.ts';
import type { TextReader } from '../waiting/verification-state.ts';
import type { SendNotice } from './send-notice.ts';
import { tokenEndOf } from './session-tokens.ts';
import type { SessionTokens } from './session-tokens.ts';

/** Life of a verified token, in seconds, if its election's document is missing. */
const verifiedSecondsDefault = 900;
/** Longest title in a text, in characters. */
const titleCharactersMax = 500;

type Method = PendingClaims['method'];
export type VerifiedState = Extract<SessionState, { state: 'verified' }>;
export type TextedState = VerifiedState | Extract<SessionState, { state: 'texted' }>;
/** A session while it waits for a text. */
export type TextedSession = Omit<PendingClaims, 'challenge'>;

type Base = Omit<PendingClaims, 'method' | 'codeTag' | 'challenge'>;
type SentCode = Awaited<ReturnType<SmsCalls['sendCode']>>;

export type SessionStepsParts = {
  readonly documents: Pick<Documents, 'election'>;
  readonly tokens: SessionTokens;
  readonly sms: SmsCalls;
  readonly texts: Pick<TextReader, 'read' | 'forget'>;
  readonly sendNotice: SendNotice;
  readonly clock: Clock;
};

export type SessionSteps = {
  /** Throws `method-not-offered`, and why there is no way for a code. */
  begin(base: Base, election: PublicElection, method: Method): Promise<PendingSession>;
  /** The code back for a text that came, or the code of before. Null if the session begins its method again. */
  nextCode(claims: PendingClaims, election: PublicElection): Promise<SentCode | null>;
  pendingCode(claims: PendingClaims, code: SentCode): Promise<PendingSession>;
  /** A verified token for a session whose phone `sms` attests. */
  verify(claims: TextedSession, attestation: Attestation): Promise<VerifiedState>;
};

export function createSessionSteps(parts: SessionStepsParts): SessionSteps {
  const { documents, tokens, sms, texts, sendNotice, clock } = parts;

  const begin = async (base: Base, election: PublicElection, method: Method): Promise<PendingSession> => {
    if (!election.verification.methods.includes(method)) throw new Problem('method-not-offered');
    if (method === 'code') return pendingCode({ ...base, method }, await sms.sendCode(codeCall(base, election)));
    return beginTextIn(base, method);
  };

  const beginTextIn = async (base: Base, method: Exclude<Method, 'code'>): Promise<PendingSession> => {
    const { textIn, confirmation } = await sms.channels();
    const { sendTo } = textIn;
    if (sendTo === null) throw new Problem('verification-unavailable', retrySoon());
    if (method === 'text-in-confirmed' && !confirmation.available) throw new Problem('code-unavailable', retrySoon());
    const { code, codeTag } = await sms.textCode({ phoneKey: base.phoneKey, binding: bindingOf(base) });
    const expiresAt = tokenEndOf(endOf(base));
    return pending({ ...base, method, codeTag }, { method: 'text-in', sendTo, code, expiresAt });
  };

  const pendingCode = (claims: PendingClaims, answer: SentCode): Promise<PendingSession> => {
    const { challenge, resendAfter, expiresAt } = answer;
    return pending({ ...claims, challenge }, { method: 'code', resendAfter, expiresAt });
  };

  const pending = async (claims: PendingClaims, verification: Verification): Promise<PendingSession> => ({
    token: await tokens.pending.seal(claims, endOf(claims)),
    state: 'pending',
    expiresAt: tokenEndOf(endOf(claims)),
    verification,
  });

  const nextCode = async (claims: PendingClaims, election: PublicElection): Promise<SentCode | null> => {
    const { challenge, codeTag, method } = claims;
    if (challenge !== undefined) return sms.resendCode(challenge);
    if (method !== 'text-in-confirmed' || codeTag === undefined) return null;
    const [state] = await texts.read([{ ...claims, codeTag }]).catch(() => {
      throw new Problem('verification-unavailable', retrySoon());
    });
    return state?.state === 'texted' ? sms.confirm({ ...codeCall(claims, election), text: state.attestation }) : null;
  };

  const verify = async (claims: TextedSession, attestation: Attestation): Promise<VerifiedState> => {
    const { sid, electionId, identity, phoneKey } = claims;
    const election = documents.election(electionId, clock())?.election;
    const seconds = election?.verification.verifiedSecondsMax ?? verifiedSecondsDefault;
    const endMs = clock() + seconds * 1_000;
    const token = await tokens.verified.seal({ sid, electionId, identity, phoneKey, attestation }, endMs);
    if (election?.verification.notice) sendNotice(noticeCallOf(claims, election, attestation));
    return { state: 'verified', token, expiresAt: tokenEndOf(endMs) };
  };

  return { begin, nextCode, pendingCode, verify };
}

const bindingOf = (base: Base): string => contentHash(bindingBytes(base));
const endOf = ({ startedAtMs }: Base): number => startedAtMs + pendingSecondsMax * 1_000;

function codeCall(base: Base, { title, rehearsal }: PublicElection): Parameters<SmsCalls['sendCode']>[0] {
  const { phone, locale } = base;
  // Without the voter's own language, the title has the language of the text around it.
  const languages = locale === undefined ? [] : [locale, matchLanguage([locale])];
  const { text } = titleText(title, ...languages);
  const language = locale !== undefined && { locale };
  return { phone, ...language, title: text.slice(0, titleCharactersMax), rehearsal, binding: bindingOf(base) };
}

function noticeCallOf(claims: TextedSession, election: PublicElection, attestation: Attestation): NoticeCall {
  const { verification, closesAt, timeZone } = election;
  const contact = verification.notice?.contact ?? '';
  return { ...codeCall(claims, election), attestation, contact, until: closesAt, timeZone };
}
