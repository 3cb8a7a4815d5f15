// Elections: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function ElectionsPage() {
  return (
    <Page title="Elections">
      <p>Being built.</p>
    </Page>
  );
}
