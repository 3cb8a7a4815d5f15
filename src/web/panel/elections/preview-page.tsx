// Preview: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function PreviewPage() {
  return (
    <Page title="Preview">
      <p>Being built.</p>
    </Page>
  );
}
