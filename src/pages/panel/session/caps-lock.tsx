// Says that Caps Lock is on while somebody types a password: the one thing that a hidden text cannot show.
import { useState } from 'preact/hooks';

/** Handlers for a form, and what to say in it. */
export function useCapsLock() {
  const [on, setOn] = useState(false);
  const look = (event: KeyboardEvent | MouseEvent): void => setOn(event.getModifierState('CapsLock'));
  const hint = (
    <p role="status" class="hint caps">
      {on && 'Caps Lock is on.'}
    </p>
  );
  return { watch: { onKeyDown: look, onKeyUp: look, onClick: look }, hint };
}
