// Account: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function AccountPage() {
  return (
    <Page title="Account">
      <p>Being built.</p>
    </Page>
  );
}
