// What the panel and the frame of a preview say to each other, within one origin.
import type { PublicElection } from '../../protocol/public-document.ts';
import type { LanguageTag } from '../public/languages/languages.ts';

/** Of the frame: it listens. */
export const previewReady = 'popvote-preview-ready';

/** Of the panel: what to show. */
export type PreviewMessage = {
  readonly kind: 'popvote-preview';
  readonly election: PublicElection;
  readonly language: LanguageTag;
  /** As at a polling station. */
  readonly kiosk: boolean;
};
