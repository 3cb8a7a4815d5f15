// Overview: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function OverviewPage() {
  return (
    <Page title="Overview">
      <p>Being built.</p>
    </Page>
  );
}
