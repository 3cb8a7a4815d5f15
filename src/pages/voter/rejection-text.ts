// What a voter reads of a rejection beside a field or a button.
import { serverNow } from '../shared/calls.ts';
import type { Rejection } from '../shared/calls.ts';
import { timeOfDay } from '../shared/languages.ts';
import type { VoterApp } from './app.ts';
import { problemText } from './problem-text.ts';

/** Title and text in one line, and for codes from when on another can be sent. */
export function rejectionText(app: VoterApp, { code, retryAfterSeconds }: Rejection): string {
  const [title, text] = problemText(app.copy, code);
  const at = new Date(serverNow() + retryAfterSeconds * 1_000).toISOString();
  const from = code === 'too-many-codes' ? ` ${app.t('resendAfter', { time: timeOfDay(at, app.language) })}` : '';
  return `${title}. ${text}${from}`;
}
