// Batches: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function BatchesPage() {
  return (
    <Page title="Batches">
      <p>Being built.</p>
    </Page>
  );
}
