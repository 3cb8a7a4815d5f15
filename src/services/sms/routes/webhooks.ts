// Webhooks of providers. A body is read as raw bytes, because its signature covers them. An unsigned webhook is
// rejected without any other effect. A 2xx is sent only after Redis has stored the attestations. They are never shed: a
// provider may send a text once only.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { Problem, problemBody } from '../../../protocol/problem.ts';
import type { Provider } from '../providers/provider.ts';
import type { ReceiveText } from '../inbound/receive-text.ts';
import type { SmsMetrics } from '../sms-metrics.ts';

/** Largest webhook, in bytes. A text with a provider's metadata has a few thousand. */
const webhookBytesMax = 32 * 1_024;

type WebhookParts = {
  readonly providers: readonly Provider[];
  readonly receive: ReceiveText;
  readonly metrics: SmsMetrics;
};

const schema = {
  summary: 'Receives texts that phones sent from a provider.',
  params: z.object({ provider: z.string().max(32) }),
  response: {
    200: z.string().describe('The acknowledgement that the provider expects.'),
    403: problemBody,
    404: problemBody,
    503: problemBody,
  },
};

export async function webhookRoutes(app: App, { providers, receive, metrics }: WebhookParts): Promise<void> {
  const inbound = new Map(providers.flatMap(({ name, inbound: reader }) => (reader ? [[name, reader] as const] : [])));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: webhookBytesMax }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/webhooks/:provider', { schema, bodyLimit: webhookBytesMax }, async (request, reply) => {
    const { provider } = request.params;
    const reader = inbound.get(provider);
    if (!reader) throw new Problem('not-found');
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const reading = reader.read({ headers: request.headers, body });
    if (reading.outcome === 'refused') {
      metrics.text(provider, 'bad-signature');
      throw new Problem('not-admitted', { detail: 'The signature of this webhook is wrong. Nothing was done.' });
    }
    await Promise.all(reading.texts.map((text) => receive(provider, text)));
    return reply
      .header('content-type', reader.acknowledgement.contentType)
      .serializer(String)
      .send(reader.acknowledgement.body);
  });
}
