// What makes this browser a device that takes cards: a secret for each election. It comes once, in the fragment of the address
// that people open when they enrol the device, and stays in the storage of the browser, also for the next voter.
const prefix = 'popvote-device/';
const fragment = '#device=';

/** Takes the secret out of the address, and so out of the history of the tab. Undefined where there is none; else whether it is kept. */
export function takeDevice(): boolean | undefined {
  const { hash, pathname, search } = location;
  if (!hash.startsWith(fragment)) return undefined;
  history.replaceState(history.state, '', pathname + search);
  const secret = hash.slice(fragment.length);
  const election = new URLSearchParams(search).get('election');
  // 32 bytes in base64url, as the service reads them.
  if (!election || !/^[\w-]{42}[AEIMQUYcgkosw048]$/.test(secret)) return false;
  try {
    localStorage.setItem(prefix + election, secret);
    return true;
  } catch {
    return false;
  }
}

/** The secret of this device in an election. */
export function deviceOf(electionId: string): string | undefined {
  try {
    return localStorage.getItem(prefix + electionId) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Deletes what the tab and the browser store, all but the secrets of this device. */
export function clearStorages(): void {
  try {
    sessionStorage.clear();
    for (const name of Object.keys(localStorage)) if (!name.startsWith(prefix)) localStorage.removeItem(name);
  } catch {
    // Without storage there is nothing to clear.
  }
}
