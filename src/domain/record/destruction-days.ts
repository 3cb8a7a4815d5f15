// The order of the days that a certificate of destruction states. Days are written as 2027-06-20, so that their texts compare
// like the days.

export type DestructionDays = {
  readonly certifiedOn: string;
  readonly retainedUntil: string;
  readonly keysDestroyedOn: string;
  /** Null where no backup was ever made. */
  readonly backups: { readonly last: string; readonly destroyedOn: string } | null;
};

export type DayFault = { readonly path: string; readonly detail: string };

/** What is wrong with these days on the day `today`, where the results were published on `publishedOn`. */
export function faultsOfDays(
  { certifiedOn, retainedUntil, keysDestroyedOn, backups }: DestructionDays,
  { today, publishedOn }: { readonly today: string; readonly publishedOn: string },
): readonly DayFault[] {
  const faults: (DayFault | false)[] = [
    certifiedOn < publishedOn && { path: 'certifiedOn', detail: `The results were published on ${publishedOn}.` },
    certifiedOn > today && { path: 'certifiedOn', detail: notYet },
    retainedUntil < certifiedOn && { path: 'retainedUntil', detail: 'This is before the certification.' },
    retainedUntil >= today && { path: 'retainedUntil', detail: 'Until the end of this day the data is kept.' },
    keysDestroyedOn < publishedOn && { path: 'keysDestroyedOn', detail: 'This is before the publication.' },
    keysDestroyedOn > today && { path: 'keysDestroyedOn', detail: notYet },
    backups !== null &&
      backups.destroyedOn < backups.last && {
        path: 'backups/destroyedOn',
        detail: 'This is before the last backup that had the data.',
      },
    backups !== null && backups.destroyedOn > today && { path: 'backups/destroyedOn', detail: notYet },
  ];
  return faults.filter((fault) => fault !== false);
}

const notYet = 'This day has not come yet.';
