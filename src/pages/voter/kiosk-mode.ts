// Whether this tab is a polling station's device. The address (`/?kiosk=1`) sets it once, and it holds for the tab.
const key = 'popvote-kiosk';

export function isKiosk(): boolean {
  const requested = new URLSearchParams(location.search).get('kiosk') === '1';
  try {
    if (requested) sessionStorage.setItem(key, '1');
    return requested || sessionStorage.getItem(key) === '1';
  } catch {
    return requested;
  }
}

/** Reloads the page for the next voter: the same election, and no data of the previous voter. */
export function startOver(electionId: string | undefined): void {
  try {
    sessionStorage.clear();
    localStorage.clear();
  } catch {
    // Without storage there is nothing to clear.
  }
  const election = electionId === undefined ? '' : `&election=${encodeURIComponent(electionId)}`;
  location.replace(`/?kiosk=1${election}`);
}
