// Upload: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function UploadPage() {
  return (
    <Page title="Upload">
      <p>Being built.</p>
    </Page>
  );
}
