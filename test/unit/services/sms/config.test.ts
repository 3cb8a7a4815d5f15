// The errors that an operator reads about an unusable configuration.
import { expect, test } from 'vitest';
import { ConfigurationError, readEnvironment } from '../../../../src/platform/environment.ts';
import { newKeyFiles } from '../../../../src/platform/keys/new-keys.ts';
import { smsEnvironment } from '../../../../src/services/sms/config.ts';

const keys = newKeyFiles();
const base = {
  SMS_KEYS: JSON.stringify(keys.sms),
  PUBLIC_KEYS: JSON.stringify(keys.public),
  EDGE_REDIS_URL: 'redis://sms:x@127.0.0.1:6379',
};
const simulator = JSON.stringify([{ kind: 'simulator', number: '+85255550123' }]);
const twilio = {
  kind: 'twilio',
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'a-long-auth-token',
  from: '+14155550100',
};

function problemsOf(environment: Record<string, string>): string {
  try {
    readEnvironment(smsEnvironment, environment);
    return '';
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.join('\n');
  }
}

test('The simulator is rejected in production, which is the default, with how to allow it', () => {
  for (const mode of [{}, { POPVOTE_MODE: 'production' }]) {
    expect(problemsOf({ ...base, ...mode, SMS_PROVIDERS: simulator })).toContain('POPVOTE_MODE=rehearsal');
  }
  expect(problemsOf({ ...base, POPVOTE_MODE: 'rehearsal', SMS_PROVIDERS: simulator })).toBe('');
  const mixed = JSON.stringify([twilio, { kind: 'simulator', number: '+85255550123' }]);
  expect(problemsOf({ ...base, SMS_PROVIDERS: mixed })).toContain('not allowed in production');
});

test('A real provider is taken in production', () => {
  expect(problemsOf({ ...base, POPVOTE_MODE: 'production', SMS_PROVIDERS: JSON.stringify([twilio]) })).toBe('');
});

test('All missing settings are reported at once', () => {
  const problems = problemsOf({});
  for (const name of ['SMS_KEYS', 'PUBLIC_KEYS', 'EDGE_REDIS_URL', 'SMS_PROVIDERS']) expect(problems).toContain(name);
});

test.each([
  ['half an inbound', [{ ...twilio, number: '+14155550100' }], 'number and publicUrl together'],
  ['two senders', [{ ...twilio, messagingServiceSid: `MG${'0'.repeat(32)}` }], 'not both'],
  ['a short webhook secret', [{ kind: 'webhook', secrets: ['whsec_c2hvcnQ='] }], 'base64 of 24 to 64 bytes'],
  ['two providers of one name', [twilio, twilio], 'the same name'],
  ['an address that is none', [{ ...twilio, baseUrl: 'ftp://x' }], 'https://'],
  ['no provider', [], 'SMS_PROVIDERS'],
])('%s is rejected in words, without quoting a secret', (_what, list, words) => {
  const problems = problemsOf({ ...base, SMS_PROVIDERS: JSON.stringify(list) });
  expect(problems).toContain(words);
  expect(problems).not.toContain('a-long-auth-token');
  expect(problems).not.toContain('c2hvcnQ');
});
