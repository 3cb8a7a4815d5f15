// What may be added to an announced election while people vote: notices, and withdrawals of options. Nothing that was
// added is ever changed or removed.
import type { ElectionDefinition } from './public-document.ts';

type Annotated = Pick<ElectionDefinition, 'notices' | 'contests'>;

/** A definition without its annotations. */
export function withoutAnnotations<Definition extends Annotated>(definition: Definition): Omit<Definition, 'notices'> {
  const { notices: _notices, ...rest } = definition;
  return {
    ...rest,
    contests: definition.contests.map((contest) => ({
      ...contest,
      options: contest.options.map(({ withdrawnAt: _withdrawnAt, ...option }) => option),
    })),
  };
}

/** Whether `after` has every annotation of `before`, unchanged and in the same place. */
export function keepsAnnotations(before: Annotated, after: Annotated): boolean {
  const notices = (before.notices ?? []).every(
    (notice, place) => JSON.stringify(notice) === JSON.stringify(after.notices?.[place]),
  );
  const withdrawals = before.contests.every(({ options }, contestPlace) =>
    options.every(
      ({ withdrawnAt }, place) =>
        withdrawnAt === undefined || after.contests[contestPlace]?.options[place]?.withdrawnAt === withdrawnAt,
    ),
  );
  return notices && withdrawals;
}
