// A state as a word with a shape, never by colour alone.
const shapes = {
  draft: ['○', 'Draft', 'calm'],
  scheduled: ['◷', 'Scheduled', 'calm'],
  open: ['●', 'Open', 'good'],
  closed: ['■', 'Closed', 'calm'],
  counted: ['■', 'Counted', 'calm'],
  published: ['✓', 'Published', 'good'],
  provisional: ['◐', 'Provisional', 'warn'],
  queued: ['◷', 'Queued', 'calm'],
  checking: ['◐', 'Checking', 'warn'],
  received: ['◷', 'Not confirmed', 'warn'],
  done: ['✓', 'Done', 'good'],
  incomplete: ['!', 'Incomplete', 'bad'],
  withdrawn: ['✕', 'Withdrawn', 'warn'],
  'set-aside': ['–', 'Accepted incomplete', 'calm'],
  whole: ['✓', 'Complete', 'good'],
  active: ['✓', 'Active', 'good'],
  waiting: ['◷', 'Pending approval', 'warn'],
  suspended: ['‖', 'Suspended', 'bad'],
  ok: ['✓', 'OK', 'good'],
  warning: ['!', 'Warning', 'warn'],
  failed: ['✕', 'Failed', 'bad'],
  silent: ['?', 'No report', 'bad'],
  working: ['✓', 'Working', 'good'],
  resting: ['‖', 'Paused', 'warn'],
} as const satisfies Record<string, readonly [string, string, 'calm' | 'good' | 'warn' | 'bad']>;
export type TagState = keyof typeof shapes;

export function StateTag({ state }: { readonly state: TagState }) {
  const [shape, word, tone] = shapes[state];
  return (
    <span class={`tag ${tone}`}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}

/** Marks everything in a rehearsal, on paper too. */
export function RehearsalBand() {
  return (
    <p class="band">
      <strong>Rehearsal. Nothing here counts.</strong>
    </p>
  );
}
