// One act of the registry: what it stores as the exact parameters of a proposal, and how it is carried out from them.
import type { z } from 'zod';
import type { ElectionState, StoredElection } from '../../../store/elections/elections.ts';
import type { Caller } from '../audit/audit.ts';

type Specification<Parameters extends object, Result> = {
  readonly parameters: z.ZodType<Parameters>;
  /** States of the election in which the act needs two people; without it all states. */
  readonly concerns?: (state: ElectionState) => boolean;
  /** Parameters that hold only for the election as it was judged, for an act without a second person. */
  readonly judged?: (election: StoredElection, parameters: Parameters) => Parameters;
  /** Completes the parameters, so that they mean the same when another administrator confirms them. */
  readonly pin?: (electionId: string, parameters: Parameters) => Promise<Parameters>;
  /** The form that is stored and audited, and back. */
  readonly conceal?: (electionId: string, parameters: Parameters) => Promise<Parameters>;
  readonly reveal?: (electionId: string, parameters: Parameters) => Promise<Parameters>;
  readonly execute: (caller: Caller, electionId: string, parameters: Parameters) => Promise<Result>;
};

export type ElectionAct<Parameters extends object, Result> = {
  concerns(state: ElectionState): boolean;
  /** Carries out the act of one person, on the election that was judged. Null: there is no such election. */
  actAlone(caller: Caller, electionId: string, parameters: Parameters, judged: StoredElection | null): Promise<Result>;
  /** The exact parameters as JSON text. Throws what the act would throw for parameters that can never be carried out. */
  exactText(electionId: string, parameters: Parameters): Promise<string>;
  /** Parameters from their text, as administrators see them. */
  shown(electionId: string, text: string): Promise<Parameters>;
  /** Carries out exactly what the text says. */
  carryOut(caller: Caller, electionId: string, text: string): Promise<Result>;
};
/** An act whose parameters are only known as text. */
export type StoredAct = {
  shown(electionId: string, text: string): Promise<object>;
  carryOut(caller: Caller, electionId: string, text: string): Promise<unknown>;
};

export function electionAct<Parameters extends object, Result>(
  specification: Specification<Parameters, Result>,
): ElectionAct<Parameters, Result> {
  const { parameters: schema, concerns, judged, pin, conceal, reveal, execute } = specification;
  const read = async (electionId: string, text: string): Promise<Parameters> => {
    const parameters = schema.parse(JSON.parse(text));
    return reveal === undefined ? parameters : reveal(electionId, parameters);
  };
  return {
    concerns: (state) => concerns === undefined || concerns(state),
    actAlone: (caller, electionId, parameters, election) =>
      execute(caller, electionId, judged && election ? judged(election, parameters) : parameters),
    async exactText(electionId, parameters) {
      const pinned = pin === undefined ? parameters : await pin(electionId, parameters);
      return JSON.stringify(conceal === undefined ? pinned : await conceal(electionId, pinned));
    },
    shown: read,
    carryOut: async (caller, electionId, text) => execute(caller, electionId, await read(electionId, text)),
  };
}
