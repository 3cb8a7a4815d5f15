// A second factor for people of the tests: a real authenticator (TOTP), set up over the control API.
import { Secret, TOTP } from 'otpauth';

/** `post` sends a call of one's own account, and throws unless it is accepted. Returns the recovery codes. */
export async function enrolAuthenticator(
  post: (path: string, body: object) => Promise<unknown>,
  password: string,
): Promise<string[]> {
  const { secret } = (await post('/v1/second-factor', { password })) as { secret: string };
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const { recoveryCodes } = (await post('/v1/second-factor/confirm', { code })) as { recoveryCodes: string[] };
  return recoveryCodes;
}
