// Invalid ballots: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function InvalidBallotsPage() {
  return (
    <Page title="Invalid ballots">
      <p>Being built.</p>
    </Page>
  );
}
