// Register: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function RegisterPage() {
  return (
    <Page title="Register">
      <p>Being built.</p>
    </Page>
  );
}
