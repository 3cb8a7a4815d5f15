// Roles: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function RolesPage() {
  return (
    <Page title="Roles">
      <p>Being built.</p>
    </Page>
  );
}
