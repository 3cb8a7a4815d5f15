// Wall: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function WallPage() {
  return (
    <Page title="Wall">
      <p>Being built.</p>
    </Page>
  );
}
