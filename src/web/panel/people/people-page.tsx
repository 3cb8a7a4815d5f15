// People: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function PeoplePage() {
  return (
    <Page title="People">
      <p>Being built.</p>
    </Page>
  );
}
