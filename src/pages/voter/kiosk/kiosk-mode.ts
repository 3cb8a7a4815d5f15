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
