// Numbers and codes in a text, isolated from its direction, as markup.
import { numberParts } from '../../domain/text/number-groups.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** A text whose numbers run from left to right. */
export const isolatedNumbers = (text: string): Html =>
  html`${numberParts(text).map((part, at) => (at % 2 ? html`<bdi dir="ltr">${part}</bdi>` : part))}`;
