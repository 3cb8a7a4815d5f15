// Summary sheet: comes with the next commits.
import { Page } from '../parts/page.tsx';

export function SummarySheetPage() {
  return (
    <Page title="Summary sheet">
      <p>Being built.</p>
    </Page>
  );
}
