// Whether voters hear this device by headphones alone: only then it may read their choices aloud. The address
// (`/?kiosk=1&headphones=1`) sets it once, and it holds for the tab.
const key = 'popvote-headphones';

export function hasHeadphones(): boolean {
  const requested = new URLSearchParams(location.search).get('headphones') === '1';
  try {
    if (requested) sessionStorage.setItem(key, '1');
    return requested || sessionStorage.getItem(key) === '1';
  } catch {
    return requested;
  }
}
