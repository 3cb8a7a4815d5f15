// Marks a rehearsal in a list that also has real elections.
export function RehearsalTag() {
  return <span class="tag warn">Rehearsal</span>;
}
