// Who is activated, from what an official typed; and the numbers of activations as they are shown.
import { canonicalRollNumber } from '../../../domain/roll/roll-number.ts';
import { canonicalSecond } from '../../../domain/roll/second-element.ts';
import { withPlainSigns } from '../../../domain/text/typed-number.ts';
import { rollSubject } from '../../../protocol/ballot-service.ts';
import type { ActivationCounts, ActivationRequest } from '../../../protocol/control/activations-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { CountedActivations } from '../../../store/elections/activations.ts';

/** The subject of `identityText`, as `api` makes it of what a voter types. Throws `invalid-identity`. */
export function subjectOf({ second: kind }: ElectionDefinition['identity'], typed: ActivationRequest): string {
  const number = canonicalRollNumber(typed.number);
  const second = kind === undefined ? undefined : canonicalSecond(kind, withPlainSigns(typed.second ?? ''), 'typed');
  const errors = [];
  if (number === null) errors.push({ path: 'body/number', detail: wrongNumber });
  if (second === null) errors.push({ path: 'body/second', detail: wrongSecond });
  if (kind === undefined && typed.second !== undefined) errors.push({ path: 'body/second', detail: noSecond });
  if (number === null || second === null || errors.length > 0) throw new Problem('invalid-identity', { errors });
  return rollSubject(number, second);
}

/** The counted activations, a row for each station. */
export function countsByStation(counted: readonly CountedActivations[]): ActivationCounts {
  const stations = new Map<string, { userId: string; activations: number }[]>();
  for (const { station, official, activations } of counted) {
    stations.set(station, [...(stations.get(station) ?? []), { userId: official, activations }]);
  }
  const sumOf = (all: readonly { readonly activations: number }[]): number =>
    all.reduce((sum, { activations }) => sum + activations, 0);
  return {
    total: sumOf(counted),
    stations: [...stations].map(([station, officials]) => ({
      stationId: station === '' ? null : station,
      activations: sumOf(officials),
      officials,
    })),
  };
}

const wrongNumber =
  'The number has letters and digits, with - . / _ or : between them. Copy it from the card or letter.';
const wrongSecond = 'This election requires the PIN, or the birth date with the day first. Send it as "second".';
const noSecond = 'This election has no second element. Leave out "second".';
