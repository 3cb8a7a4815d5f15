// Marks what belongs to a rehearsal where it stands in a list beside what counts.
export function RehearsalTag() {
  return <span class="tag warn">Rehearsal</span>;
}
