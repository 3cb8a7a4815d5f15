// What a proposed change of an election would change, as people see it: each line with the one that it replaces, and the logo.
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { logoText } from '../elections/describe.ts';
import { pathOf } from '../elections/draft/definition.ts';
import { pictureAddress } from '../elections/draft/steps/logo-picture.ts';
import { Loaded } from '../parts/page.tsx';
import { useRemote } from '../remote.ts';
import { proposedChange } from './parameter-lines.ts';

type Change = Readonly<Record<string, unknown>>;

export function ChangeView({ electionId, change }: { readonly electionId: string; readonly change: Change }) {
  const reading = useRemote<{ readonly election: AdministeredElection }>('elections', pathOf(electionId));
  return <Loaded of={reading}>{({ election }) => <ChangeLines change={change} election={election} />}</Loaded>;
}

function ChangeLines({ change, election }: { readonly change: Change; readonly election: AdministeredElection }) {
  const { lines, logo } = proposedChange(change, election);
  return (
    <dl>
      {lines.map(({ label, text, before }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {text === null ? 'Removed' : <bdi>{text}</bdi>}
            {before !== null && (
              <p class="muted">
                Before: <bdi>{before}</bdi>
              </p>
            )}
          </dd>
        </div>
      ))}
      {logo !== null && (
        <div>
          <dt>The new logo</dt>
          <dd>
            <p class="logo-sample">
              <img src={pictureAddress(logo)} alt="" />
              {logoText(logo)}
            </p>
          </dd>
        </div>
      )}
    </dl>
  );
}
