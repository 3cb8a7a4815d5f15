// A button that shows what was typed in the password fields of a form, and hides it again.
export function ShowPasswords({
  shown,
  onShown,
}: {
  readonly shown: boolean;
  readonly onShown: (to: boolean) => void;
}) {
  return (
    <button type="button" onClick={() => onShown(!shown)}>
      {shown ? 'Hide passwords' : 'Show passwords'}
    </button>
  );
}
