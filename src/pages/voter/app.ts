// What a screen may ask of the page: words, what is known of the voter, and to go to another screen.
import type { Copy } from '../public/languages/language-texts.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import type { Child } from '../shared/dom.ts';
import type { Memory, VoterStop } from './memory.ts';

export type ScreenName =
  'list' | 'election' | 'identify' | 'text-in' | 'code' | 'ballot' | 'review' | 'receipt' | 'problem';

export type View = {
  readonly title: string;
  /** Where the title is an election's own. */
  readonly titleLang?: string;
  /** Which of the three steps of a vote this is. */
  readonly step?: 1 | 2 | 3;
  readonly back?: ScreenName;
  readonly body: readonly Child[];
};

export type VoterApp = {
  readonly memory: Memory;
  readonly language: LanguageTag;
  readonly copy: Copy;
  /** A polling station's device: nothing is kept, saved or printed. */
  readonly kiosk: boolean;
  /** Aborted when the screen is left. */
  readonly left: AbortSignal;
  t(key: Exclude<keyof Copy, 'problems' | 'otherProblem'>, values?: Readonly<Record<string, string | number>>): string;
  go(screen: ScreenName): void;
  /** Where the voter stands, by what is known of them. */
  goOn(): void;
  /** Shows the present screen anew. */
  refresh(): void;
  fail(problem: VoterStop): void;
  openElection(id: string): void;
  setErrors(found: boolean): void;
  /** Tells a screen reader, once, without moving to it. */
  announce(text: string): void;
  cast(): void;
  /** Ends the visit: everything of the voter is forgotten. */
  finish(): void;
};

export type Screen = (app: VoterApp) => View;
