// The simulator's routes and its page. They exist only if the simulator is configured, which production rejects,
// because with them anyone can act as any phone.
import { randomUUID } from 'node:crypto';
import formbody from '@fastify/formbody';
import { z } from 'zod';
import { typedNumberUnitsMax, withoutSeparators } from '../../../domain/text/typed-number.ts';
import type { App } from '../../../platform/http/http.ts';
import { e164 } from '../../../platform/phone/phone-number.ts';
import { sendPageHeaders } from '../../../platform/http/security-headers.ts';
import type { CountryCode } from '../../../platform/phone/phone-number.ts';
import { Problem, problemBody } from '../../../protocol/problem.ts';
import type { Simulator } from '../providers/simulator.ts';
import type { ReceiveText } from '../inbound/receive-text.ts';
import { simulatorPage, simulatorPagePolicy } from '../providers/simulator-page.ts';

const phoneText = z.string().min(1).max(typedNumberUnitsMax);
const text = z.strictObject({
  from: phoneText.describe('The phone that sends.'),
  to: phoneText.describe("The simulator's number."),
  body: z.string().max(1_600),
});

const sendSchema = {
  summary: 'Sends a text from a simulated phone.',
  body: text,
  response: { 202: z.object({ accepted: z.literal(true) }), 400: problemBody, 422: problemBody, 503: problemBody },
};
const textsSchema = {
  summary: 'Lists the texts that a phone received, newest first.',
  params: z.object({ number: phoneText }),
  response: {
    200: z.object({ texts: z.array(z.object({ from: z.string(), body: z.string(), at: z.iso.datetime() })) }),
    422: problemBody,
  },
};
const page = z.string().describe('An HTML page.');
const pageSchema = {
  summary: 'Shows the simulator as a page.',
  querystring: z.object({ phone: z.string().max(typedNumberUnitsMax).optional(), sent: z.string().max(1).optional() }),
  response: { 200: page },
};
const formSchema = { summary: 'Submits the form of the page.', body: text, response: { 422: page } };

type SimulatorParts = {
  readonly simulator: Simulator;
  readonly receive: ReceiveText;
  readonly region: CountryCode;
};

export async function simulatorRoutes(app: App, { simulator, receive, region }: SimulatorParts): Promise<void> {
  await app.register(formbody, { bodyLimit: 16 * 1_024 });
  app.addHook('onRequest', sendPageHeaders);
  const { name, number } = simulator;
  const phoneOf = (spelling: string): string => {
    const phone = e164(spelling, region);
    if (phone === null) throw new Problem('invalid-phone');
    return phone;
  };
  const sendText = async ({ from, to, body }: z.infer<typeof text>): Promise<string> => {
    const phone = phoneOf(from);
    if (withoutSeparators(to) !== number) {
      throw new Problem('invalid-request', {
        errors: [{ path: 'body/to', detail: `The only number of the simulator is ${number}.` }],
      });
    }
    await receive(name, { from: phone, to: number, body, messageId: randomUUID() });
    return phone;
  };
  const showPage = (phone: string, body: string, notice?: { bad: boolean; text: string }): string => {
    const phoneNumber = e164(phone, region);
    return simulatorPage({
      number,
      phone,
      body,
      notice,
      texts: phoneNumber === null ? [] : simulator.textsOf(phoneNumber),
    });
  };
  const asPage = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': simulatorPagePolicy };

  app.post('/simulator/texts', { schema: sendSchema }, async (request, reply) => {
    await sendText(request.body);
    return reply.code(202).send({ accepted: true });
  });
  app.get('/simulator/phones/:number/texts', { schema: textsSchema }, (request) => ({
    texts: simulator.textsOf(phoneOf(request.params.number)).map((item) => ({ ...item })),
  }));
  app.get('/simulator', { schema: pageSchema }, (request, reply) => {
    const { phone = '', sent: sentFlag } = request.query;
    const notice = sentFlag === undefined ? undefined : { bad: false, text: 'The text was sent.' };
    void reply
      .headers(asPage)
      .serializer(String)
      .send(showPage(phone, '', notice));
  });
  app.post('/simulator', { schema: formSchema }, async (request, reply) => {
    try {
      const phone = await sendText(request.body);
      return await reply.redirect(`/simulator?sent=1&phone=${encodeURIComponent(phone)}`, 303);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const detail =
        error.extras.errors?.[0]?.detail ?? 'This number cannot send a text, or the platform is not ready.';
      const html = showPage(request.body.from, request.body.body, { bad: true, text: detail });
      return reply.code(422).headers(asPage).serializer(String).send(html);
    }
  });
}
