// A button that shows or hides the password fields of a form.
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
