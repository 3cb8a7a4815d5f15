// Twilio: its webhooks (the form of Programmable Messaging, and the JSON of Event Streams) and its Messages resource,
// by plain HTTP. Twilio's error texts may quote the number, so only the error codes are read.
import { z } from 'zod';
import { parseJson } from '../../../platform/json.ts';
import type { Poster } from './post.ts';
import { SendFailed } from './provider.ts';
import type { Inbound, InboundText, Outbound, Provider } from './provider.ts';
import type { TwilioSettings } from './provider-settings.ts';
import { isForm, twilioSigned } from './twilio-signature.ts';

/** Most events of one Event Streams delivery that are read. */
const eventsMax = 100;
/** Error codes of a number that cannot be texted: invalid, unsubscribed, not a mobile, or not reachable by us. */
const recipientCodes = new Set([21211, 21217, 21408, 21610, 21612, 21614]);

const received = z.object({
  type: z.literal('com.twilio.messaging.inbound-message.received'),
  data: z.object({ messageSid: z.string(), from: z.string(), to: z.string(), body: z.string() }),
});
const rejection = z.object({ code: z.int() });

export function createTwilioProvider(settings: TwilioSettings, poster: Poster): Provider {
  const { number, publicUrl, from, messagingServiceSid } = settings;
  const sender =
    messagingServiceSid === undefined ? from && { From: from } : { MessagingServiceSid: messagingServiceSid };
  return {
    name: settings.name,
    ...(number !== undefined && publicUrl !== undefined && { inbound: inboundOf(number, publicUrl, settings) }),
    ...(sender !== undefined && sender !== '' && { outbound: outboundOf(sender, settings, poster) }),
  };
}

function inboundOf(number: string, publicUrl: string, settings: TwilioSettings): Inbound {
  const tokens = [
    settings.authToken,
    ...(settings.secondaryAuthToken === undefined ? [] : [settings.secondaryAuthToken]),
  ];
  return {
    number,
    // An empty response, so that no text is sent back.
    acknowledgement: { contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' },
    read({ headers, body }) {
      const contentType = headers['content-type'] ?? '';
      const header = headers['x-twilio-signature'];
      const signature = typeof header === 'string' ? header : '';
      if (!twilioSigned(tokens, { publicUrl, contentType, body, signature })) return { outcome: 'refused' };
      return { outcome: 'texts', texts: isForm(contentType) ? formTexts(body) : eventTexts(body) };
    },
  };
}

function formTexts(body: Buffer): InboundText[] {
  const form = new URLSearchParams(body.toString('utf8'));
  const messageId = form.get('MessageSid');
  const from = form.get('From');
  if (messageId === null || from === null) return [];
  return [{ messageId, from, to: form.get('To') ?? '', body: form.get('Body') ?? '' }];
}

function eventTexts(body: Buffer): InboundText[] {
  const value = parseJson(body.toString('utf8'));
  const events: unknown[] = Array.isArray(value) ? value.slice(0, eventsMax) : [value];
  return events.flatMap((item) => {
    const parsed = received.safeParse(item);
    if (!parsed.success) return [];
    const { messageSid, ...text } = parsed.data.data;
    return [{ ...text, messageId: messageSid }];
  });
}

function outboundOf(sender: Readonly<Record<string, string>>, settings: TwilioSettings, poster: Poster): Outbound {
  const { accountSid, authToken, apiKey, baseUrl } = settings;
  const credentials = apiKey ? `${apiKey.sid}:${apiKey.secret}` : `${accountSid}:${authToken}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
  const url = new URL(`/2010-04-01/Accounts/${accountSid}/Messages.json`, baseUrl).href;
  return {
    msMax: settings.timeoutMs,
    async send({ to, body: text }, msMax) {
      const body = new URLSearchParams({ To: to, Body: text, ...sender }).toString();
      const answer = await poster.post({ url, headers, body, msMax });
      if (answer.status >= 200 && answer.status <= 299) return;
      const error = rejection.safeParse(parseJson(answer.text));
      const recipient = answer.status < 500 && error.success && recipientCodes.has(error.data.code);
      throw new SendFailed(recipient ? 'recipient' : 'refused', answer.status);
    },
  };
}
