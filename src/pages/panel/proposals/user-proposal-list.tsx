// Acts on accounts that wait for another administrator, each with exactly what is carried out, and the decision about it.
import { useState } from 'preact/hooks';
import type { UserActDone, UserProposal } from '../../../protocol/control/user-proposals-api.ts';
import { callPanel } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import type { ListOrder } from '../parts/list-order.ts';
import { Empty, Loaded } from '../parts/page.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { PersonName } from '../people/person-name.tsx';
import { OneTimeSecret } from '../people/shown-once.tsx';
import { useUserNames } from '../people/user-names.ts';
import { useAct, useRefresh } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { Moment } from '../parts/moment.tsx';
import { accountProposalRow, listedProposals } from './proposal-rows.ts';
import type { ProposalRow } from './proposal-rows.ts';
import { parameterLines } from './parameter-lines.ts';
import { userActWords } from './proposal-words.ts';
import { useUserProposals } from './use-proposals.ts';

export function UserProposalList({
  text,
  order,
}: {
  readonly text: string;
  readonly order: ListOrder<ProposalRow<unknown>>;
}) {
  const proposals = useUserProposals();
  const userName = useUserNames();
  const [secret, setSecret] = useState<Secret | null>(null);
  const rows = (proposals.data?.proposals ?? []).map((proposal) =>
    accountProposalRow(proposal, (id) => userName(id) ?? id),
  );
  const matches = listedProposals(rows, text, order);
  return (
    <>
      <Loaded of={proposals}>
        {(data) =>
          data.proposals.length === 0 ? null : (
            <>
              <h2>Accounts</h2>
              {matches.length === 0 ? (
                <Empty title="No proposals match" />
              ) : (
                <ul>
                  {matches.map(({ proposal }) => (
                    <UserProposalItem key={proposal.id} proposal={proposal} onSecret={setSecret} />
                  ))}
                </ul>
              )}
            </>
          )
        }
      </Loaded>
      {secret !== null && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}

type Secret = { readonly text: string; readonly what: 'password' | 'link' };

function UserProposalItem(props: {
  readonly proposal: UserProposal;
  readonly onSecret: (secret: Secret | null) => void;
}) {
  const { id, act: name, userId, parameters, proposedBy, expiresAt } = props.proposal;
  const refresh = useRefresh();
  const { user: me } = useMe();
  const own = proposedBy === me.id;
  const act = useAct(async () => {
    const path = `/v1/proposals/${id}/${own ? 'withdraw' : 'confirm'}`;
    const { data } = await callPanel<UserActDone | ''>('access', path, { method: 'POST' });
    if (data !== '') props.onSecret(secretOf(data));
    await refresh('access');
  });
  return (
    <li>
      <strong>{userActWords[name]}</strong>
      {userId !== null && (
        <>
          : <PersonName userId={userId} />
        </>
      )}{' '}
      (proposed by <PersonName userId={proposedBy} />, waits for another administrator until <Moment at={expiresAt} />)
      <dl class="facts">
        {parameterLines(parameters).map(({ name: member, text }) => (
          <ParameterText key={member} name={member} text={text} />
        ))}
      </dl>
      <RejectionNote rejection={act.rejection} />
      <button
        type="button"
        class={own ? 'small' : 'primary small'}
        aria-disabled={act.busy}
        onClick={() => void act.run()}
      >
        {own ? 'Withdraw' : 'Confirm and carry out'}
      </button>
    </li>
  );
}

function ParameterText({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi>{name === 'Second factor' ? 'removed' : text}</bdi>
      </dd>
    </>
  );
}

function secretOf({ password, token }: UserActDone): Secret | null {
  if (password !== undefined) return { text: password, what: 'password' };
  return token === undefined ? null : { text: `${location.origin}/register#${token}`, what: 'link' };
}

function SecretDialog({ secret: { text, what }, onClose }: { readonly secret: Secret; readonly onClose: () => void }) {
  return (
    <Dialog title={what === 'password' ? 'One-time password' : 'Invitation link'} onClose={onClose}>
      <p>Send this {what} to the person by a secure channel. It works once. You cannot see it again.</p>
      <OneTimeSecret text={text} what={what} />
      <button type="button" class="primary" onClick={onClose}>
        Done
      </button>
    </Dialog>
  );
}
