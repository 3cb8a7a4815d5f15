// The interface between a screen and the page: copy, memory of the voter, and navigation to other screens.
import type { Copy } from '../public/languages/language-texts.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import type { Child } from '../shared/dom.ts';
import type { Memory, VoterStop } from './memory.ts';

export type ScreenName =
  'list' | 'election' | 'identify' | 'text-in' | 'code' | 'ballot' | 'review' | 'receipt' | 'problem';

export type View = {
  readonly title: string;
  /** Set if the title is an election's own. */
  readonly titleLang?: string;
  /** Which of the three steps of a vote this is. */
  readonly step?: 1 | 2 | 3;
  readonly back?: ScreenName | (() => void);
  readonly body: readonly Child[];
};

export type VoterApp = {
  readonly memory: Memory;
  readonly language: LanguageTag;
  readonly copy: Copy;
  /** A polling station's device: nothing is stored, saved or printed. */
  readonly kiosk: boolean;
  /** Aborted when the voter leaves the screen. */
  readonly exit: AbortSignal;
  t(key: Exclude<keyof Copy, 'problems' | 'otherProblem'>, values?: Readonly<Record<string, string | number>>): string;
  /** `question` is the place of the only question that the ballot shows. */
  go(screen: ScreenName, question?: number): void;
  /** Goes to the next screen, which follows from the memory. */
  goOn(): void;
  /** Shows the current screen again. */
  refresh(): void;
  fail(problem: VoterStop): void;
  openElection(id: string): void;
  setErrors(present: boolean): void;
  /** Announces to screen readers, once, without moving the focus. */
  announce(text: string): void;
  cast(): void;
  /** Ends the visit: all data of the voter is deleted. */
  finish(): void;
};

export type Screen = (app: VoterApp) => View;
