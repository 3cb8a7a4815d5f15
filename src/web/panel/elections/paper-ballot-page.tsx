// Paper ballot: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function PaperBallotPage() {
  return (
    <Page title="Paper ballot">
      <p>Being built.</p>
    </Page>
  );
}
