// Election: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function ElectionPage() {
  return (
    <Page title="Election">
      <p>Being built.</p>
    </Page>
  );
}
