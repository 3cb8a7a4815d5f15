// Results: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function ResultsPage() {
  return (
    <Page title="Results">
      <p>Being built.</p>
    </Page>
  );
}
