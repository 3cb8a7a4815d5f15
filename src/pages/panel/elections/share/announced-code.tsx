// The code of an election with a public log: the hash of its manifest. Organisers announce it outside the platform, and
// voters compare it with the code on their page.
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { CopyId } from '../../parts/copy-id.tsx';

export function AnnouncedCode({ election }: { readonly election: AdministeredElection }) {
  const { manifestHash, phase } = election;
  if (!manifestHash) return null;
  return (
    <section aria-labelledby="announced-code">
      <h2 id="announced-code">Code to announce</h2>
      <p>
        Announce this code in print, on posters or on another website. The voters’ page shows the same code. If an
        attacker changes the questions or the keys of this election, the codes differ.
      </p>
      <p>
        <CopyId id={manifestHash} what="the code of this election" />
      </p>
      {phase === 'scheduled' && (
        <p class="note warn">
          A change of this election before it opens changes the code. Announce the code after the last change.
        </p>
      )}
    </section>
  );
}
