// The rejection of a form that asks for one's own password or code again, as one reads it there.
import { Refused } from '../calls.ts';

export function proofRejection(rejection: Refused): Refused {
  const say = (title: string, detail: string): Refused =>
    new Refused(rejection.status, { ...rejection.problem, title, detail, errors: rejection.problem.errors ?? [] });
  if (rejection.is('wrong-credentials')) return say('The present password is not right', 'Check it and try again.');
  if (rejection.is('wrong-second-factor')) {
    return say('The code is not right', 'Wait for the next code and enter that one: each works once.');
  }
  if (rejection.is('too-many-requests')) {
    const minutes = Math.ceil((rejection.retryAfterSeconds ?? 60) / 60);
    return say('Too many failed tries', `Wait ${minutes} minute${minutes === 1 ? '' : 's'}, then try again.`);
  }
  return rejection;
}
