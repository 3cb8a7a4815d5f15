// An `elections` with a second administrator, and acts that one proposes and the other confirms.
import type { ProposalDetails, ProposedAnswer } from '../../../src/protocol/control/proposals-api.ts';
import type { Person } from './access.ts';
import { electionOf, inHours, motion } from './elections.ts';
import type { Answer, Elections } from './elections.ts';

export const proposedOf = ({ body }: Answer): ProposedAnswer['proposal'] => (body as ProposedAnswer).proposal;
export const detailsOf = ({ body }: Answer): ProposalDetails => body as ProposalDetails;

export async function secondAdministrator({ access, people }: Elections): Promise<Person> {
  const person = await access.person('administrator', people.administrator);
  await access.secondFactor(person);
  return person;
}

export const confirmAs = (elections: Elections, by: Person, id: string): Promise<Answer> =>
  elections.call('POST', `/v1/proposals/${id}/confirm`, { by });

/** An act of the first administrator, which the other confirms. Throws unless it was proposed and carried out. */
export async function actTogether(elections: Elections, by: Person, path: string, body?: object): Promise<Answer> {
  const answer = await elections.call('POST', path, body ? { body } : {});
  if (answer.status !== 202) throw new Error(`not proposed: ${answer.status} ${JSON.stringify(answer.body)}`);
  const confirmation = await confirmAs(elections, by, proposedOf(answer).id);
  const { proposal } = confirmation.body as Partial<ProposalDetails>;
  if (proposal?.state !== 'done') throw new Error(`not carried out: ${JSON.stringify(confirmation.body)}`);
  return confirmation;
}

/** The draft of an election that counts. */
export const countingDraft = async (elections: Elections, changes: object = {}): Promise<string> => {
  const body = motion({ rehearsal: false, opensAt: inHours(1), closesAt: inHours(10), ...changes });
  const answer = await elections.call('POST', '/v1/elections', { body });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return electionOf(answer).id;
};
