// Notices to verified phones. Only `api` may ask for them, and it learns nothing of their outcome.
import type { App } from '../../../platform/http/http.ts';
import { sheds } from '../../../platform/http/shedding.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { problemBody } from '../../../protocol/problem.ts';
import { noticeAnswer, noticeCall } from '../../../protocol/sms-service.ts';
import type { Notices } from '../notices.ts';

const schema = {
  summary: 'Tells a verified phone that a vote was begun with it.',
  body: noticeCall,
  response: { 200: noticeAnswer, 401: problemBody, 403: problemBody, 422: problemBody, 503: problemBody },
};

export async function noticeRoutes(app: App, { notices }: { readonly notices: Notices }): Promise<void> {
  app.post('/private/notices', { config: { ...admits('api'), ...sheds('first') }, schema }, (request) => {
    notices.take(request.body);
    return {};
  });
}
