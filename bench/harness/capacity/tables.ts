// The tables of docs/capacity.md.
import { markdownTable } from '../records.ts';
import { threeDigits } from '../report.ts';
import type { SourcedCosts } from './costs.ts';
import { assumptions, capacityOf } from './model.ts';
import type { Capacity } from './model.ts';
import { costOf, prices } from './prices.ts';
import { dayArrivals, evenArrivals, simulateRush } from './simulation.ts';

export type Rush = { readonly voters: number; readonly seconds: number };

/** Hours for which machines are paid: for a rush, its preparation included, and for a day. */
const rushHours = 3;
const dayHours = 24;
/** Hours of a day in which voters come. */
const openHours = 16;
/** Parts of the capacity with which the rush is simulated. */
const capacityParts = [1, 0.5, 0.25, 0.1];

type Scenario = {
  readonly name: string;
  readonly hours: number;
  readonly arrivals: readonly number[];
  readonly peak: Rush;
};

function scenariosOf({ voters, seconds }: Rush): readonly Scenario[] {
  const day = dayArrivals(voters, openHours);
  const busiest = day.reduce((most, each) => Math.max(most, each), 0);
  return [
    {
      name: `within ${seconds} s`,
      hours: rushHours,
      arrivals: evenArrivals(voters, seconds),
      peak: { voters, seconds },
    },
    {
      name: 'in a day',
      hours: dayHours,
      arrivals: day,
      // Its busiest hour, if all of it were like its busiest second.
      peak: { voters: busiest * 3_600, seconds: 3_600 },
    },
  ];
}

const whole = (value: number): string => Math.ceil(value).toLocaleString('en');
const dollars = (value: number): string => `$${Math.ceil(value).toLocaleString('en')}`;

/** What was measured, with its source. */
export const costTable = ({ sources }: SourcedCosts): string =>
  markdownTable(
    ['measured', '', 'from'],
    sources.map(({ name, value, unit, from }) => [name, `${threeDigits(value)} ${unit}`, from]),
  );

/** Machines, memory, texts and money for so many voters, within the seconds and in a day. */
export function machineTable({ costs }: SourcedCosts, rush: Rush): string {
  const scenarios = scenariosOf(rush).map((scenario) => ({ ...scenario, capacity: capacityOf(costs, scenario.peak) }));
  const row = (name: string, read: (capacity: Capacity) => string): string[] => [
    name,
    ...scenarios.map(({ capacity }) => read(capacity)),
  ];
  const services = Object.keys(scenarios[0]!.capacity.processes);
  return markdownTable(
    [`${whole(rush.voters)} voters`, ...scenarios.map(({ name }) => name)],
    [
      row('votes a second, at the peak', (capacity) => whole(capacity.votesPerSecond)),
      row('most votes a second of one edge Redis', (capacity) => whole(capacity.redisVotes)),
      row(`most votes a second of one PostgreSQL with ${assumptions.databaseProcessors} processors`, (capacity) =>
        whole(capacity.databaseVotes),
      ),
      row('cells, each with its own Redis, PostgreSQL and election', (capacity) => whole(capacity.cells)),
      ...services.map((name) => row(`processes of \`${name}\``, (capacity) => whole(capacity.processes[name] ?? 0))),
      row(`machines with ${assumptions.machineProcessors} processors for the services`, (capacity) =>
        whole(capacity.serviceMachines),
      ),
      row('processors in all, with those of Redis and PostgreSQL', (capacity) => whole(capacity.processors)),
      row('seconds after the last vote until all are mixed', (capacity) => whole(capacity.mixedAfterSeconds)),
      row('pending long-polls', (capacity) => whole(capacity.held)),
      row('memory for them, in all `api`, MiB', (capacity) => whole(capacity.heldMebibytes)),
      row('memory of the edge Redis, in all cells, MiB', (capacity) => whole(capacity.edgeMebibytes)),
      row('write-ahead log of each cell, MB a second', (capacity) => threeDigits(capacity.logMegabytesPerSecond)),
      row(`numbers that receive ${assumptions.textsPerNumber} texts a second`, (capacity) =>
        whole(capacity.textNumbers),
      ),
      ...prices.map((price) => [
        `${price.cloud}, ${price.machine}, for ${scenarios.map(({ hours }) => `${hours} h`).join(' / ')}`,
        ...scenarios.map(({ capacity, hours }) => dollars(costOf(price, capacity.processors, hours))),
      ]),
    ],
  );
}

/** What voters feel where the machines are fewer than computed. */
export function simulationTable({ costs }: SourcedCosts, rush: Rush): string {
  return markdownTable(
    ['', 'capacity', 'votes a second', 'most who wait', 'longest wait', 'last voter served after'],
    scenariosOf(rush).flatMap(({ name, arrivals, peak }) => {
      const { votesPerSecond } = capacityOf(costs, peak);
      return capacityParts.map((part) => {
        const outcome = simulateRush(arrivals, votesPerSecond * part);
        return [
          name,
          `${part * 100} %`,
          whole(votesPerSecond * part),
          whole(outcome.waitingMax),
          `${whole(outcome.waitMaxSeconds)} s`,
          `${whole(outcome.finishedSeconds)} s`,
        ];
      });
    }),
  );
}

export const priceTable = (): string =>
  markdownTable(
    ['machine', 'processors', 'memory', 'list price for an hour', 'source'],
    prices.map(({ cloud, machine, processors, memoryGiB, dollarsPerHour, source }) => [
      `${cloud}, ${machine}`,
      String(processors),
      `${memoryGiB} GiB`,
      `$${dollarsPerHour}`,
      source,
    ]),
  );
