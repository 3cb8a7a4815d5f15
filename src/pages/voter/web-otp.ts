// WebOTP: where a browser can read the code from the message itself, it offers to, and nothing is typed.

type OtpContainer = { get(options: object): Promise<{ readonly code?: string } | null> };

/** The code of a message that arrives while the screen is shown; null where there is no such browser or the voter declines. */
export async function codeFromMessage(left: AbortSignal): Promise<string | null> {
  if (!('OTPCredential' in globalThis)) return null;
  try {
    const credentials = navigator.credentials as unknown as OtpContainer;
    const credential = await credentials.get({ otp: { transport: ['sms'] }, signal: left });
    return credential?.code ?? null;
  } catch {
    return null;
  }
}
