// Whether this tab is a polling station's device: said once in the address (`/?kiosk=1`), it stays so for the tab.
const key = 'popvote-kiosk';

export function isKiosk(): boolean {
  const asked = new URLSearchParams(location.search).get('kiosk') === '1';
  try {
    if (asked) sessionStorage.setItem(key, '1');
    return asked || sessionStorage.getItem(key) === '1';
  } catch {
    return asked;
  }
}

/** Where the next voter begins: the same vote, and nothing of the voter before. The page is loaded anew. */
export function beginAnew(electionId: string | undefined): void {
  try {
    sessionStorage.clear();
    localStorage.clear();
  } catch {
    // Then there is nothing to clear.
  }
  const election = electionId === undefined ? '' : `&election=${encodeURIComponent(electionId)}`;
  location.replace(`/?kiosk=1${election}`);
}
