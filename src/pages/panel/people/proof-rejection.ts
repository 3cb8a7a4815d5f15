// Rejections of a form that asks for the user's password or code again, in words for that form.
import { Refused } from '../calls.ts';

export function proofRejection(rejection: Refused): Refused {
  const say = (title: string, detail: string): Refused =>
    new Refused(rejection.status, { ...rejection.problem, title, detail, errors: rejection.problem.errors ?? [] });
  if (rejection.is('wrong-credentials')) return say('The current password is not right', 'Check it and try again.');
  if (rejection.is('wrong-second-factor')) {
    return say('The code is not right', 'Wait for the next code, then enter it. Each code works once.');
  }
  if (rejection.is('second-factor-required')) {
    return say('A second factor is needed', 'Enter a code, or use a passkey.');
  }
  if (rejection.is('wrong-passkey')) return say('The passkey was not accepted', 'Try again, or use another one.');
  if (rejection.is('too-many-requests')) {
    const minutes = Math.ceil((rejection.retryAfterSeconds ?? 60) / 60);
    return say('Too many tries', `Wait ${minutes} minute${minutes === 1 ? '' : 's'}, then try again.`);
  }
  return rejection;
}
