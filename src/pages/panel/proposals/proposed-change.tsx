// What a proposed change of an election would change, as people see it: each line with the one that it replaces, and the logo.
import { Fragment } from 'preact';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { logoLabel } from '../elections/describe.ts';
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
    <dl class="facts">
      {lines.map(({ label, text, before }) => (
        <Fragment key={label}>
          <dt>{label}</dt>
          <dd>
            {label === logoLabel && logo !== null && (
              <p class="logo-sample">
                <img src={pictureAddress(logo)} alt="" />
              </p>
            )}
            {text === null ? 'Removed' : <bdi>{text}</bdi>}
            {before !== null && (
              <p class="muted">
                Before: <bdi>{before}</bdi>
              </p>
            )}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
