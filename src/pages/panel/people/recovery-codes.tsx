// Recovery codes, shown once, to copy or print.
import { OneTimeSecret } from './shown-once.tsx';

export function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  return (
    <div class="note warn" role="status">
      <h3>Your recovery codes</h3>
      <p>
        If you lose your passkey or authenticator, use one of these codes to sign in. Each works once. Save them in your
        password manager or print them. Do not keep them on your phone. You cannot see them again. Older codes stop
        working.
      </p>
      <OneTimeSecret text={codes.join('\n')} what="codes">
        <ol class="codes">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
      </OneTimeSecret>
      <div class="acts">
        <button type="button" onClick={() => print()}>
          Print
        </button>
        <button type="button" class="primary" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  );
}
