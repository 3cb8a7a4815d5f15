// docs/sms-providers.md: its lists are settings that sms takes, with every field of each provider, and its messages are read
// and sent as they are printed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smsEnvironment } from '../../../src/services/sms/config.ts';
import { createWebhookProvider } from '../../../src/services/sms/providers/webhook.ts';
import { providerList } from '../../../src/services/sms/providers/provider-settings.ts';
import type { ProviderSettings } from '../../../src/services/sms/providers/provider-settings.ts';
import { signedHeaders, webhookKey } from '../../../src/services/sms/providers/webhook-signature.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/sms-providers.md'), 'utf8');
const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => JSON.parse(text) as unknown);
const lists = examples.filter((example) => Array.isArray(example));
const messages = examples.filter((example) => !Array.isArray(example)) as {
  type: string;
  data: { to: string; body: string };
}[];
const closed = { close: () => Promise.resolve() };
const nowMs = Date.parse('2026-11-29T12:00:00.000Z');

/** The rows of the table below a heading. */
function fieldsBelow(heading: string): string[] {
  const [section = ''] = page.slice(page.indexOf(`\n## ${heading}\n`) + 1).split('\n## ', 1);
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
}

function webhookSettings(): Extract<ProviderSettings, { kind: 'webhook' }> {
  const settings = lists.flatMap((list) => providerList.parse(list)).find(({ kind }) => kind === 'webhook');
  if (settings?.kind !== 'webhook') throw new Error('The page has no example of a webhook.');
  return settings;
}

test('Every list of the page is accepted by the schema', () => {
  expect(lists.length).toBe(3);
  for (const list of lists) expect(() => providerList.parse(list)).not.toThrow();
});

test('The tables have every field of each kind, and no other', () => {
  const kinds = providerList.element.options.map((schema) => {
    const { kind, ...fields } = schema.shape;
    return [kind.value, Object.keys(fields)] as const;
  });
  expect(kinds.length).toBe(lists.length);
  for (const [kind, fields] of kinds) {
    const heading = kind.charAt(0).toUpperCase() + kind.slice(1);
    expect(fieldsBelow(heading), heading).toEqual(fields);
  }
});

test('Every variable that the page names is a variable of sms', () => {
  const names = [...page.matchAll(/`((?:SMS|POPVOTE)_[A-Z_]+)`/g)].map(([, name = '']) => name.replace(/_FILE$/, ''));
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) expect(Object.keys(smsEnvironment.shape)).toContain(name);
});

test('The printed inbound message is read when it is signed', () => {
  const settings = webhookSettings();
  const { inbound } = createWebhookProvider(
    settings,
    { ...closed, post: () => Promise.reject(new Error('Nothing is posted.')) },
    () => nowMs,
  );
  const message = messages.find(({ type }) => type === 'text.received');
  const body = JSON.stringify(message);
  const headers = signedHeaders(settings.secrets.map(webhookKey), 'message-1', nowMs, body);
  const reading = inbound?.read({ headers, body: Buffer.from(body) });
  expect(reading).toEqual({ outcome: 'texts', texts: [{ ...message?.data, messageId: 'message-1' }] });
});

test('The printed outbound message equals the posted one', async () => {
  const message = messages.find(({ type }) => type === 'text.send')!;
  const posts: { url: string; body: string }[] = [];
  const poster = {
    ...closed,
    post: (request: { url: string; body: string }) => {
      posts.push(request);
      return Promise.resolve({ status: 202, text: '' });
    },
  };
  const settings = webhookSettings();
  await createWebhookProvider(settings, poster, () => nowMs).outbound?.send(message.data, 1_000);
  expect(posts.map(({ url }) => url)).toEqual([settings.sendUrl]);
  expect(JSON.parse(posts[0]?.body ?? '')).toEqual(message);
});
