// Every page of the panel: its address, its roles, and its name in the navigation. The first match is shown. Each page is a
// part of the script that is loaded when it is opened.
import type { ComponentType } from 'preact';
import type { UserRole } from '../../domain/user.ts';

export type PanelPage = {
  /** A wouter pattern. Its parameters are the properties of the component. */
  readonly path: string;
  readonly title: string;
  readonly nav?: string;
  readonly roles: readonly UserRole[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each takes the parameters of its own address
  readonly load: () => Promise<ComponentType<any>>;
};

const all: readonly UserRole[] = ['administrator', 'official', 'auditor'];
const readers: readonly UserRole[] = ['administrator', 'auditor'];
const officials: readonly UserRole[] = ['official'];
const administrators: readonly UserRole[] = ['administrator'];

export const pages: readonly PanelPage[] = [
  {
    path: '/',
    title: 'Overview',
    nav: 'Overview',
    roles: all,
    load: async () => (await import('./live/overview-page.tsx')).OverviewPage,
  },
  {
    path: '/elections',
    title: 'Elections',
    nav: 'Elections',
    roles: all,
    load: async () => (await import('./elections/elections-page.tsx')).ElectionsPage,
  },
  {
    path: '/elections/new',
    title: 'Create election',
    roles: administrators,
    load: async () => (await import('./elections/draft/new-election-page.tsx')).NewElectionPage,
  },
  {
    path: '/elections/quick',
    title: 'Quick poll',
    roles: administrators,
    load: async () => (await import('./elections/quick/quick-poll-page.tsx')).QuickPollPage,
  },
  {
    path: '/elections/:electionId/edit/:step?',
    title: 'Edit',
    roles: administrators,
    load: async () => (await import('./elections/draft/edit-election-page.tsx')).EditElectionPage,
  },
  {
    path: '/elections/:electionId/preview',
    title: 'Ballot preview',
    roles: all,
    load: async () => (await import('./elections/preview-page.tsx')).PreviewPage,
  },
  {
    path: '/elections/:electionId/paper',
    title: 'Paper ballots',
    roles: all,
    load: async () => (await import('./elections/paper/paper-ballot-page.tsx')).PaperBallotPage,
  },
  {
    path: '/elections/:electionId/poster',
    title: 'Poster',
    roles: readers,
    load: async () => (await import('./elections/share/poster-page.tsx')).PosterPage,
  },
  {
    path: '/elections/:electionId/live',
    title: 'Live',
    roles: readers,
    load: async () => (await import('./live/live-page.tsx')).LivePage,
  },
  {
    path: '/elections/:electionId/wall',
    title: 'Wall view',
    roles: readers,
    load: async () => (await import('./live/wall-page.tsx')).WallPage,
  },
  {
    path: '/elections/:electionId/results',
    title: 'Results',
    roles: readers,
    load: async () => (await import('./results/results-page.tsx')).ResultsPage,
  },
  {
    path: '/elections/:electionId/invalid',
    title: 'Invalid ballots',
    roles: readers,
    load: async () => (await import('./results/invalid-ballots-page.tsx')).InvalidBallotsPage,
  },
  {
    path: '/elections/:electionId',
    title: 'Election',
    roles: readers,
    load: async () => (await import('./elections/election-page.tsx')).ElectionPage,
  },
  {
    path: '/participants',
    title: 'Participants',
    nav: 'Participants',
    roles: readers,
    load: async () => (await import('./participants/participants-page.tsx')).ParticipantsPage,
  },
  {
    path: '/batches',
    title: 'Batches',
    nav: 'Batches',
    roles: all,
    load: async () => (await import('./batches/batches-page.tsx')).BatchesPage,
  },
  {
    path: '/batches/new',
    title: 'Upload a file',
    roles: officials,
    load: async () => (await import('./batches/upload/upload-page.tsx')).UploadPage,
  },
  {
    path: '/batches/confirm',
    title: 'Confirm batches',
    roles: all,
    load: async () => (await import('./batches/confirm-page.tsx')).ConfirmPage,
  },
  {
    path: '/batches/:batchId/summary',
    title: 'Summary sheet',
    roles: all,
    load: async () => (await import('./batches/summary-sheet-page.tsx')).SummarySheetPage,
  },
  {
    path: '/batches/:batchId',
    title: 'Batch',
    roles: all,
    load: async () => (await import('./batches/batch-page.tsx')).BatchPage,
  },
  {
    path: '/activations',
    title: 'Voters without a phone',
    roles: all,
    load: async () => (await import('./activations/activations-page.tsx')).ActivationsPage,
  },
  {
    path: '/proposals',
    title: 'Approvals',
    nav: 'Approvals',
    roles: administrators,
    load: async () => (await import('./proposals/proposals-page.tsx')).ProposalsPage,
  },
  {
    path: '/proposals/:proposalId',
    title: 'Proposal',
    roles: administrators,
    load: async () => (await import('./proposals/proposal-page.tsx')).ProposalPage,
  },
  {
    path: '/people',
    title: 'People',
    nav: 'People',
    roles: administrators,
    load: async () => (await import('./people/people-page.tsx')).PeoplePage,
  },
  {
    path: '/people/roles',
    title: 'Roles',
    roles: all,
    load: async () => (await import('./people/roles-page.tsx')).RolesPage,
  },
  {
    path: '/audit',
    title: 'Audit log',
    nav: 'Audit log',
    roles: readers,
    load: async () => (await import('./audit/audit-page.tsx')).AuditPage,
  },
  {
    path: '/system',
    title: 'System',
    nav: 'System',
    roles: readers,
    load: async () => (await import('./system/system-page.tsx')).SystemPage,
  },
  {
    path: '/account',
    title: 'Your account',
    roles: all,
    load: async () => (await import('./people/account-page.tsx')).AccountPage,
  },
];
