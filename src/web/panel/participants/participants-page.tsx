// Participants: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function ParticipantsPage() {
  return (
    <Page title="Participants">
      <p>Being built.</p>
    </Page>
  );
}
