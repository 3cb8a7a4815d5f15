// A button that shows or hides the password fields of a form.
export function ShowPasswords({
  visible,
  onToggle,
}: {
  readonly visible: boolean;
  readonly onToggle: (to: boolean) => void;
}) {
  return (
    <button type="button" onClick={() => onToggle(!visible)}>
      {visible ? 'Hide passwords' : 'Show passwords'}
    </button>
  );
}
