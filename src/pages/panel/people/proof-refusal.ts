// The refusal of a form that asks for one's own password or code again, as one reads it there.
import { Refused } from '../calls.ts';

export function proofRefusal(refusal: Refused): Refused {
  const say = (title: string, detail: string): Refused =>
    new Refused(refusal.status, { ...refusal.problem, title, detail, errors: refusal.problem.errors ?? [] });
  if (refusal.is('wrong-credentials')) return say('The present password is not right', 'Check it and try again.');
  if (refusal.is('wrong-second-factor')) {
    return say('The code is not right', 'Wait for the next code and enter that one: each works once.');
  }
  if (refusal.is('too-many-requests')) {
    const minutes = Math.ceil((refusal.retryAfterSeconds ?? 60) / 60);
    return say('Too many failed tries', `Wait ${minutes} minute${minutes === 1 ? '' : 's'}, then try again.`);
  }
  return refusal;
}
