// Every page of the panel: its address, its roles, and its name in the navigation. The first match is shown.
import type { ComponentType } from 'preact';
import type { UserRole } from '../../domain/user.ts';
import { AuditPage } from './audit/audit-page.tsx';
import { BatchPage } from './batches/batch-page.tsx';
import { BatchesPage } from './batches/batches-page.tsx';
import { ConfirmPage } from './batches/confirm-page.tsx';
import { SummarySheetPage } from './batches/summary-sheet-page.tsx';
import { UploadPage } from './batches/upload/upload-page.tsx';
import { EditElectionPage } from './elections/draft/edit-election-page.tsx';
import { ElectionPage } from './elections/election-page.tsx';
import { ElectionsPage } from './elections/elections-page.tsx';
import { NewElectionPage } from './elections/draft/new-election-page.tsx';
import { PaperBallotPage } from './elections/paper/paper-ballot-page.tsx';
import { PreviewPage } from './elections/preview-page.tsx';
import { InvalidBallotsPage } from './results/invalid-ballots-page.tsx';
import { ResultsPage } from './results/results-page.tsx';
import { LivePage } from './live/live-page.tsx';
import { WallPage } from './live/wall-page.tsx';
import { OverviewPage } from './live/overview-page.tsx';
import { ParticipantsPage } from './participants/participants-page.tsx';
import { AccountPage } from './people/account-page.tsx';
import { PeoplePage } from './people/people-page.tsx';
import { RolesPage } from './people/roles-page.tsx';
import { ProposalPage } from './proposals/proposal-page.tsx';
import { ProposalsPage } from './proposals/proposals-page.tsx';
import { SystemPage } from './system/system-page.tsx';

export type PanelPage = {
  /** A wouter pattern. Its parameters are the properties of the component. */
  readonly path: string;
  readonly title: string;
  readonly nav?: string;
  readonly roles: readonly UserRole[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each takes the parameters of its own address
  readonly component: ComponentType<any>;
};

const all: readonly UserRole[] = ['administrator', 'official', 'auditor'];
const readers: readonly UserRole[] = ['administrator', 'auditor'];
const officials: readonly UserRole[] = ['official'];
const administrators: readonly UserRole[] = ['administrator'];

export const pages: readonly PanelPage[] = [
  { path: '/', title: 'Overview', nav: 'Overview', roles: all, component: OverviewPage },
  { path: '/elections', title: 'Elections', nav: 'Elections', roles: all, component: ElectionsPage },
  { path: '/elections/new', title: 'Create election', roles: administrators, component: NewElectionPage },
  { path: '/elections/:electionId/edit/:step?', title: 'Edit', roles: administrators, component: EditElectionPage },
  { path: '/elections/:electionId/preview', title: 'Ballot preview', roles: all, component: PreviewPage },
  { path: '/elections/:electionId/paper', title: 'Paper ballots', roles: all, component: PaperBallotPage },
  { path: '/elections/:electionId/live', title: 'Live', roles: readers, component: LivePage },
  { path: '/elections/:electionId/wall', title: 'Wall view', roles: readers, component: WallPage },
  { path: '/elections/:electionId/results', title: 'Results', roles: readers, component: ResultsPage },
  { path: '/elections/:electionId/invalid', title: 'Invalid ballots', roles: readers, component: InvalidBallotsPage },
  { path: '/elections/:electionId', title: 'Election', roles: readers, component: ElectionPage },
  { path: '/participants', title: 'Participants', nav: 'Participants', roles: readers, component: ParticipantsPage },
  { path: '/batches', title: 'Batches', nav: 'Batches', roles: all, component: BatchesPage },
  { path: '/batches/new', title: 'Upload a file', roles: officials, component: UploadPage },
  { path: '/batches/confirm', title: 'Confirm batches', roles: all, component: ConfirmPage },
  { path: '/batches/:batchId/summary', title: 'Summary sheet', roles: all, component: SummarySheetPage },
  { path: '/batches/:batchId', title: 'Batch', roles: all, component: BatchPage },
  { path: '/proposals', title: 'Waits for you', nav: 'Waits for you', roles: administrators, component: ProposalsPage },
  { path: '/proposals/:proposalId', title: 'Proposal', roles: administrators, component: ProposalPage },
  { path: '/people', title: 'People', nav: 'People', roles: administrators, component: PeoplePage },
  { path: '/people/roles', title: 'Roles', roles: all, component: RolesPage },
  { path: '/audit', title: 'Audit log', nav: 'Audit log', roles: readers, component: AuditPage },
  { path: '/system', title: 'System', nav: 'System', roles: readers, component: SystemPage },
  { path: '/account', title: 'Your account', roles: all, component: AccountPage },
];
