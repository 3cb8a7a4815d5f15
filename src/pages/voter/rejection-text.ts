// What a voter reads of a rejection beside a field or a button.
import { serverNow } from '../shared/calls.ts';
import type { Rejection } from '../shared/calls.ts';
import { dateTime } from '../shared/languages.ts';
import type { VoterApp } from './app.ts';
import { problemText } from './problem-text.ts';

/** Title and text in one line, and for codes from when on another can be sent. */
export function rejectionText(app: VoterApp, { code, retryAfterSeconds }: Rejection): string {
  const [title, text] = problemText(app.copy, code);
  if (code !== 'too-many-codes') return `${title}. ${text}`;
  // It may be tomorrow.
  const at = new Date(serverNow() + retryAfterSeconds * 1_000).toISOString();
  const time = dateTime(at, app.language, app.memory.election?.timeZone ?? 'UTC');
  return `${title}. ${text} ${app.t('resendAfter', { time })}`;
}
