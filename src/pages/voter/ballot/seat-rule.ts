// What the law says of the seats of a contest. A separate part of the script, loaded only where there are seats.
import { isSeatMethod } from '../../../domain/counting/method-table.ts';
import { fractionText } from '../../../domain/counting/share.ts';
import { thresholdLawOf } from '../../../domain/counting/threshold.ts';
import type { Contest, Title } from '../../../domain/election.ts';
import { seatsTexts } from '../../public/languages/seats-texts.ts';
import type { VoterApp } from '../app.ts';

const percentForm = { style: 'percent', maximumFractionDigits: 20 } as const;

/** In sentences. */
export function seatRule(
  { language }: Pick<VoterApp, 'language'>,
  contest: Contest,
  nameOf: (title: Title) => string,
): readonly string[] {
  const { method, seats = 0, options } = contest;
  const texts = seatsTexts[language];
  const withSeats = (text: string): string => text.replace('{seats}', String(seats));
  if (!isSeatMethod(method)) return [withSeats(texts.elects)];
  const parts = [withSeats(texts.seats)];
  const { share, of, moreThan } = thresholdLawOf(contest);
  if (share.numerator === 0) return parts;
  const text = fractionText(share);
  // Such as 1/150, whose decimals do not end. Intl formats a decimal text exactly; its types do not include texts yet.
  const percent = text.includes('/') ? text : new Intl.NumberFormat(language, percentForm).format(text as never);
  const threshold = moreThan === true ? texts.thresholdMore : texts.threshold;
  parts.push(threshold.replace('{percent}', percent).replace('{base}', texts[`base-${of}`]));
  const exempt = options.filter(({ threshold }) => threshold === 'exempt').map(({ title }) => nameOf(title));
  // A function, because a name may have a sign that a replacement reads.
  const names = (): string => new Intl.ListFormat(language).format(exempt);
  if (exempt.length > 0) parts.push(texts.noThreshold.replace('{names}', names));
  return parts;
}
