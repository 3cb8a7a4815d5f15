// New election: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function NewElectionPage() {
  return (
    <Page title="New election">
      <p>Being built.</p>
    </Page>
  );
}
