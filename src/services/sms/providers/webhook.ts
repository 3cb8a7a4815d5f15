// The generic provider: signed JSON webhooks in both directions, for any gateway with a small adapter. Inbound: `{type:
// "text.received", timestamp, data: {from, to, body}}`. Outbound: `{type: "text.send", timestamp, data: {to, body}}`.
// The webhook-id is the message's id and stays the same when a delivery is repeated.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../../platform/json.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Poster } from './post.ts';
import { SendFailed } from './provider.ts';
import type { Inbound, Outbound, Provider } from './provider.ts';
import type { WebhookSettings } from './provider-settings.ts';
import { signedHeaders, verifiedWebhookId, webhookKey } from './webhook-signature.ts';

const event = z.object({
  type: z.literal('text.received'),
  data: z.object({ from: z.string().max(64), to: z.string().max(64), body: z.string().max(4_096) }),
});

export function createWebhookProvider(settings: WebhookSettings, poster: Poster, clock: Clock): Provider {
  const keys = settings.secrets.map(webhookKey);
  const { name, number, sendUrl } = settings;
  return {
    name,
    ...(number !== undefined && { inbound: inboundOf(number, keys, clock) }),
    ...(sendUrl !== undefined && { outbound: outboundOf(sendUrl, settings.timeoutMs, keys, poster, clock) }),
  };
}

function inboundOf(number: string, keys: readonly Buffer[], clock: Clock): Inbound {
  return {
    number,
    acknowledgement: { contentType: 'application/json', body: '{}' },
    read({ headers, body }) {
      const messageId = verifiedWebhookId(keys, headers, body, clock());
      if (messageId === null) return { outcome: 'refused' };
      const parsed = event.safeParse(parseJson(body.toString('utf8')));
      return { outcome: 'texts', texts: parsed.success ? [{ ...parsed.data.data, messageId }] : [] };
    },
  };
}

function outboundOf(url: string, msOwn: number, keys: readonly Buffer[], poster: Poster, clock: Clock): Outbound {
  return {
    msMax: msOwn,
    async send({ to, body: text }, msMax) {
      const now = clock();
      const body = JSON.stringify({
        type: 'text.send',
        timestamp: new Date(now).toISOString(),
        data: { to, body: text },
      });
      const headers = { 'content-type': 'application/json', ...signedHeaders(keys, randomUUID(), now, body) };
      const { status } = await poster.post({ url, headers, body, msMax });
      // An adapter answers 422 if the fault is the number's and not the gateway's.
      if (status < 200 || status > 299) throw new SendFailed(status === 422 ? 'recipient' : 'refused', status);
    },
  };
}
