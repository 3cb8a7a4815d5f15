// WebOTP: if the browser can read the code from the message, it offers to fill it in.

type OtpContainer = { get(options: object): Promise<{ readonly code?: string } | null> };

/**
 * The code of a message that arrives while the screen is shown. Null if the browser has no WebOTP or the voter
 * declines.
 */
export async function codeFromMessage(exit: AbortSignal): Promise<string | null> {
  if (!('OTPCredential' in globalThis)) return null;
  try {
    const credentials = navigator.credentials as unknown as OtpContainer;
    const credential = await credentials.get({ otp: { transport: ['sms'] }, signal: exit });
    return credential?.code ?? null;
  } catch {
    return null;
  }
}
