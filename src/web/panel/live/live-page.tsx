// Live: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function LivePage() {
  return (
    <Page title="Live">
      <p>Being built.</p>
    </Page>
  );
}
