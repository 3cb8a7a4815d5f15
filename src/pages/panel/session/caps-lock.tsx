// Reports Caps Lock while a password is typed, because a hidden text cannot show it.
import { useState } from 'preact/hooks';

/** Handlers for a form, and the hint for it. */
export function useCapsLock() {
  const [on, setOn] = useState(false);
  const update = (event: KeyboardEvent | MouseEvent): void => setOn(event.getModifierState('CapsLock'));
  const hint = (
    <p role="status" class="hint caps">
      {on && 'Caps Lock is on.'}
    </p>
  );
  return { watch: { onKeyDown: update, onKeyUp: update, onClick: update }, hint };
}
