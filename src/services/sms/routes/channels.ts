// The verification channels that work now. Only `api` may call this.
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { problemBody } from '../../../protocol/problem.ts';
import { smsChannels } from '../../../protocol/sms-service.ts';
import type { FindChannels } from '../find-channels.ts';

const schema = {
  summary: 'Returns the number to text to, and whether codes can be sent.',
  response: { 200: smsChannels, 401: problemBody, 403: problemBody },
};

export async function channelRoutes(app: App, { find }: { readonly find: FindChannels }): Promise<void> {
  app.get('/private/channels', { config: admits('api'), schema }, () => find());
}
