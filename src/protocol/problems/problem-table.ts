// Every problem code, in one closed table. Nothing else in the project lists codes by their properties.
import { accountProblems } from './account-problems.ts';
import { callProblems } from './call-problems.ts';
import { electionProblems } from './election-problems.ts';
import { votingProblems } from './voting-problems.ts';

export const problemTable = { ...callProblems, ...votingProblems, ...accountProblems, ...electionProblems };
