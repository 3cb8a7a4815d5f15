// The private routes by which processes of one service copy keys to each other.
import { copyAnswer, copyCall, offerAnswer, offerCall, wantedAnswer, wantedCall } from '../../protocol/key-copies.ts';
import type { CopyingService } from '../../protocol/key-copies.ts';
import type { App } from '../http/http.ts';
import { admits } from '../private-calls/private-calls.ts';
import type { CopyHolder } from './copy-holder.ts';

export type KeyCopies = {
  readonly service: CopyingService;
  readonly holder: CopyHolder;
  /** Copies a file to the other processes, and returns whether it is here. Without it there is no such route. */
  readonly recopy?: (name: string) => Promise<boolean>;
};

export function registerKeyCopies(app: App, { service, holder, recopy }: KeyCopies): void {
  const config = admits(service);
  app.post(
    '/private/key-copies/offers',
    { config, schema: { body: offerCall, response: { 200: offerAnswer } } },
    (request) => holder.offer(request.body),
  );
  app.post('/private/key-copies', { config, schema: { body: copyCall, response: { 200: copyAnswer } } }, (request) =>
    holder.keep(request.body),
  );
  if (!recopy) return;
  app.post(
    '/private/key-copies/wanted',
    { config, schema: { body: wantedCall, response: { 200: wantedAnswer } } },
    async (request) => ({ present: await recopy(request.body.name) }),
  );
}
