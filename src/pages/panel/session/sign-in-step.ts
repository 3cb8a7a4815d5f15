// One step of the sign-in: what is sent, and which field or passkey is needed next.
import { fetchJson, Refused } from '../calls.ts';
import type { SecondFactorKind } from '../../../protocol/problem.ts';
import { provePasskey } from './passkey-prompt.ts';
import type { RequestOptions } from './passkey-prompt.ts';
import { newPasswordFault } from './new-password-field.tsx';

/** The panel's response to a sign-in. */
export type SignInResult = {
  readonly user: { readonly id: string; readonly role: string };
  /** The previous sign-in; null for the first. */
  readonly previousLoginAt: string | null;
};
export type SignInFields = {
  readonly email: string;
  readonly password: string;
  readonly code: string;
  readonly newPassword: string;
};
/** What is needed besides e-mail and password. `factors`: any of these; none while no second factor is needed. */
export type SignInNeeds = { readonly factors: readonly SecondFactorKind[]; readonly newPassword: boolean };

/** Signs in, with a passkey instead of a code if so wished. Returns the result, or what is needed next. */
export async function signInStep(
  { email, password, code, newPassword }: SignInFields,
  needs: SignInNeeds,
  withPasskey: boolean,
): Promise<SignInResult | SignInNeeds> {
  const body = {
    email,
    password,
    ...(withPasskey ? { passkey: await passkeyOf(email, password) } : needs.factors.length > 0 && { code }),
    ...(needs.newPassword && { newPassword }),
  };
  try {
    return (await fetchJson<SignInResult>('/api/session', { method: 'POST', body })).data;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // An additional field is the next step, not a fault.
    if (error.is('second-factor-required') && needs.factors.length === 0) {
      return { ...needs, factors: error.problem.factors ?? ['authenticator'] };
    }
    if (error.is('password-change-required') && !needs.newPassword) return { ...needs, newPassword: true };
    throw error;
  }
}

async function passkeyOf(email: string, password: string) {
  const login = { method: 'POST', body: { email, password } } as const;
  return provePasskey((await fetchJson<RequestOptions>('/api/access/v1/login/passkey', login)).data);
}

export type FieldFaults = Partial<Record<keyof SignInFields, string>>;

export function faultsOf(
  { email, password, code, newPassword }: SignInFields,
  needs: SignInNeeds,
  withPasskey: boolean,
): FieldFaults {
  const newFault = needs.newPassword ? newPasswordFault(newPassword) : undefined;
  return {
    ...(email.trim() === '' && { email: 'Enter your e-mail address.' }),
    ...(password === '' && { password: 'Enter your password.' }),
    ...(newFault !== undefined && { newPassword: newFault }),
    ...(needs.factors.length > 0 && !withPasskey && code.trim() === '' && { code: 'Enter the code.' }),
  };
}
