// The simulator: two calls and a page, for rehearsals.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { sendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import { createSimulator } from '../../../src/services/sms/providers/simulator.ts';
import { textField, textsKey } from '../../../src/protocol/verification-events.ts';
import { newPhone, sendText, simulatorNumber, startSms, textsOf } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';

let sms: Sms;
beforeAll(async () => {
  sms = await startSms();
});
afterAll(() => sms[Symbol.asyncDispose]());

const form = (fields: Record<string, string>): Promise<Response> =>
  fetch(`${sms.publicUrl}/simulator`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

test('A phone that texts the code is remembered as verified', async () => {
  const phone = newPhone();
  const answer = await sendText(sms, phone, '4829 1375');
  expect([answer.status, await answer.json()]).toEqual([202, { accepted: true }]);
  expect(await sms.admin.hget(textsKey(sms.phoneKey(phone)), textField(sms.codeTag('48291375')))).not.toBeNull();
});

test('A text to another number, from no number, or of no form is rejected in words', async () => {
  const other = await sendText(sms, newPhone(), '48291375', '+85255550199');
  expect(other.status).toBe(400);
  expect(JSON.stringify(await other.json())).toContain(simulatorNumber);
  expect((await sendText(sms, 'unknown', '48291375')).status).toBe(422);
  const bare = await fetch(`${sms.publicUrl}/simulator/texts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(bare.status).toBe(400);
  expect((await fetch(`${sms.publicUrl}/simulator/phones/unknown/texts`)).status).toBe(422);
});

test('The page says that it is a simulator, needs no script, and its policy allows its own style alone', async () => {
  const answer = await fetch(`${sms.publicUrl}/simulator`);
  const html = await answer.text();
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(html).toContain('This is a simulator');
  expect(html).not.toMatch(/<script|\son[a-z]+=|style="/i);
  expect(html).toContain('width=device-width');
  const style = /<style>([\s\S]*)<\/style>/.exec(html)![1]!;
  const policy = answer.headers.get('content-security-policy')!;
  expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
});

test('The form sends a text and comes back to the page of that phone', async () => {
  const phone = newPhone();
  const answer = await form({ from: phone, to: '+852 5555 0123', body: 'my code 48291375' });
  expect(answer.status).toBe(303);
  expect(await sms.admin.hlen(textsKey(sms.phoneKey(phone)))).toBe(1);
  const page = await (await fetch(new URL(answer.headers.get('location')!, sms.publicUrl))).text();
  expect(page).toContain('The text was sent.');
  expect(page).toContain(`value="${phone}"`);
});

test('The input is shown again, escaped, when it cannot be sent', async () => {
  const answer = await form({ from: '"><script>x</script>', to: simulatorNumber, body: '</textarea><img src=x>' });
  expect(answer.status).toBe(422);
  const html = await answer.text();
  expect(html).toContain('role="alert"');
  expect(html).toContain('&lt;script&gt;');
  expect(html).not.toMatch(/<script>|<img/);
});

test('The page lists what a phone received, newest first, by any spelling of its number', async () => {
  const phone = newPhone();
  for (const title of ['First', 'Second']) {
    const body = { phone, title, rehearsal: true, binding: newSecret() };
    await sms.client.call({ method: 'POST', path: '/private/codes', body, answer: sendCodeAnswer, msMax: 5_000 });
  }
  const [newest, oldest] = await textsOf(sms, phone.slice(4));
  expect([newest!.body, oldest!.body]).toEqual([expect.stringContaining('Second'), expect.stringContaining('First')]);
  const page = await (await fetch(`${sms.publicUrl}/simulator?phone=${encodeURIComponent(phone)}`)).text();
  expect(page.indexOf('Second')).toBeLessThan(page.indexOf('First'));
});

test('What phones received is bounded in number and in time', async () => {
  let now = Date.now();
  const simulator = createSimulator('simulator', simulatorNumber, () => now);
  for (let n = 0; n < 30; n += 1) await simulator.provider.outbound!.send({ to: '+85261111111', body: String(n) }, 100);
  expect(simulator.textsOf('+85261111111')).toHaveLength(20);
  for (let n = 0; n < 10_000; n += 1) await simulator.provider.outbound!.send({ to: `+8526${n}`, body: 'x' }, 100);
  expect(simulator.textsOf('+85261111111')).toHaveLength(0);
  expect(simulator.textsOf('+85269999')).toHaveLength(1);
  now += 3_600_001;
  expect(simulator.textsOf('+85269999')).toHaveLength(0);
});

test('Where no simulator is configured its addresses do not exist', async () => {
  const providers = [{ kind: 'webhook', secrets: [`whsec_${'A'.repeat(32)}`], number: '+14155550101' }];
  await using own = await startSms({ providers });
  expect((await sendText(own, newPhone(), '48291375')).status).toBe(404);
  expect((await fetch(`${own.publicUrl}/simulator`)).status).toBe(404);
});
