// Edit election: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function EditElectionPage() {
  return (
    <Page title="Edit election">
      <p>Being built.</p>
    </Page>
  );
}
