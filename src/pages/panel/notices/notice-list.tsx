// The notices in the frame of every page: a count that opens the list, and a line that screen readers read when it changes.
// Nothing here disappears by itself while it is true.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { ServiceText } from '../live/service-text.tsx';
import { countText } from '../words.ts';
import type { PanelNotice } from './panel-notices.ts';

export function NoticeList({ notices }: { readonly notices: readonly PanelNotice[] }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const [path] = useLocation();
  useEffect(() => setOpen(false), [path]);
  const count = notices.length;
  const spoken = count === 0 ? '' : `${countText(count, 'notice')}: ${notices.map(({ title }) => title).join('. ')}.`;
  return (
    <div
      class="notices no-print"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        type="button"
        class={count === 0 ? 'small' : 'small some'}
        ref={button}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {count === 0 ? 'No notices' : countText(count, 'notice')}
      </button>
      {open && (
        <div class="notice-list">
          {count === 0 && <p>Nothing needs you now.</p>}
          <ul>
            {notices.map(({ key, title, act: [address, words] }) => (
              <li key={key}>
                <strong>
                  <ServiceText text={title} />
                </strong>{' '}
                <Link href={address} onClick={() => setOpen(false)}>
                  {words}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      <p class="unseen" role="status">
        {spoken}
      </p>
    </div>
  );
}
