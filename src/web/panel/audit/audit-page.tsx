// Audit: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function AuditPage() {
  return (
    <Page title="Audit">
      <p>Being built.</p>
    </Page>
  );
}
