// Recovery codes, shown once: to be copied or printed, and then put away.
import { ShownOnce } from './shown-once.tsx';

export function RecoveryCodes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  return (
    <div class="note warn" role="status">
      <h3>Your recovery codes</h3>
      <p>
        Each signs you in once in place of the authenticator, should you lose it. They are shown this once: copy them
        into your password manager or print them, and keep them away from your phone.
      </p>
      <ShownOnce text={codes.join('\n')} what="the codes">
        <ol class="codes">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
      </ShownOnce>
      <div class="acts">
        <button type="button" onClick={() => print()}>
          Print
        </button>
        <button type="button" class="primary" onClick={onKept}>
          I have kept them
        </button>
      </div>
    </div>
  );
}
