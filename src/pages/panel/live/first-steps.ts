// What an administrator does first in a new installation, each step ticked from what the services say. Pure.
import type { Invitation, User } from '../../../protocol/control/access-api.ts';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';

export type FirstStepFacts = {
  readonly secondFactor: boolean;
  readonly votersOrigin: string | null;
  readonly elections: readonly Pick<ElectionSummary, 'rehearsal' | 'state'>[];
  readonly officials: readonly Pick<User, 'id'>[];
  readonly invitations: readonly Pick<Invitation, 'role'>[];
};

export type FirstStep = {
  readonly title: string;
  readonly hint: string;
  readonly done: boolean;
  /** Address and words; null where nothing in the panel does it. */
  readonly act: readonly [string, string] | null;
};

/** Empty where the installation is not new: an election that counts was announced, or all is done. */
export function firstStepsOf({
  secondFactor,
  votersOrigin,
  elections,
  officials,
  invitations,
}: FirstStepFacts): readonly FirstStep[] {
  const announced = elections.filter(({ state }) => state !== 'draft');
  const steps: readonly FirstStep[] = [
    {
      title: 'Add a second factor to your account',
      hint: 'Elections that count need it.',
      done: secondFactor,
      act: ['/account', 'Open your account'],
    },
    {
      title: 'Set the address of the voters’ page',
      hint: 'The operator sets `PANEL_VOTERS_ORIGIN`. Then each election has a link, a QR code and posters.',
      done: votersOrigin !== null,
      act: null,
    },
    {
      title: 'Announce a quick poll as a rehearsal',
      hint: 'One page. Vote in it yourself, then count and publish it.',
      done: announced.some(({ rehearsal }) => rehearsal),
      act: ['/elections/quick?rehearsal', 'Start a rehearsal'],
    },
    {
      title: 'Invite an official',
      hint: 'Officials upload paper ballots. Skip this if you have none.',
      done: officials.length > 0 || invitations.some(({ role }) => role === 'official'),
      act: ['/people', 'Open people'],
    },
  ];
  const isNew = announced.every(({ rehearsal }) => rehearsal);
  return isNew && steps.some(({ done }) => !done) ? steps : [];
}
