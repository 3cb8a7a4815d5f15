// Batch: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function BatchPage() {
  return (
    <Page title="Batch">
      <p>Being built.</p>
    </Page>
  );
}
