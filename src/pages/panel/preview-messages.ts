// Messages between the panel and the frame of a preview, within one origin.
import type { PublicElection } from '../../protocol/public-document.ts';
import type { LanguageTag } from '../public/languages/languages.ts';

/** From the frame: it is ready. */
export const previewReady = 'popvote-preview-ready';

/** From the panel: the ballot to show. */
export type PreviewMessage = {
  readonly kind: 'popvote-preview';
  readonly election: PublicElection;
  /** The picture of its logo as base64, which is not published yet. */
  readonly logo: string | undefined;
  readonly language: LanguageTag;
  /** As at a polling station. */
  readonly kiosk: boolean;
};
