// System: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function SystemPage() {
  return (
    <Page title="System">
      <p>Being built.</p>
    </Page>
  );
}
