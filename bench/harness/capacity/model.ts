// How many machines so many voters need, from what one vote was measured to cost. A cell is one complete platform: one edge
// Redis and one PostgreSQL, each of which writes alone, and as many processes of the services as they can feed. More voters
// than one cell can serve are divided by district, an election and a cell for each.

/** What was measured. */
export type MeasuredCosts = {
  /** Processor time of one vote by process, in microseconds. */
  readonly microseconds: Readonly<Record<string, number>>;
  /** Memory of one pending long-poll in `api`, in KiB. */
  readonly heldKibibytes: number;
  /** Memory of one voter in the edge Redis, in bytes. */
  readonly edgeBytes: number;
  /** Write-ahead log of one vote, in bytes. */
  readonly logBytes: number;
};

/** What is assumed, because it is not ours to measure. */
export type Assumptions = {
  /** Share of a processor that is used when all goes well: the rest is for bursts and for a lost machine. */
  readonly utilisation: number;
  /** Seconds from the session to the text of the voter. */
  readonly secondsToText: number;
  /** Seconds for which the edge Redis keeps what it knows of a voter. */
  readonly edgeSeconds: number;
  /** Processors of the machine of PostgreSQL, and of every other machine. */
  readonly databaseProcessors: number;
  readonly machineProcessors: number;
  /** Connections that one process of `api` holds: as many as `hold` and `notify` are measured with. */
  readonly heldPerProcess: number;
  /** Fewest processes of a service in a cell, so that one may be lost. */
  readonly processesMin: number;
  /** Texts a second that one number receives. */
  readonly textsPerNumber: number;
};

export const assumptions: Assumptions = {
  utilisation: 0.6,
  secondsToText: 30,
  edgeSeconds: 1_200,
  databaseProcessors: 16,
  machineProcessors: 2,
  heldPerProcess: 15_000,
  processesMin: 2,
  textsPerNumber: 100,
};

/** Services of which a cell has as many processes as it needs. One that is single is in `single`. */
const scaledServices = ['api', 'sms', 'ballots'] as const;
/** Writes alone for an election, and may lag behind: sealed ballots wait for it in the outbox. */
const mixer = 'mixer';

export type Capacity = {
  readonly votesPerSecond: number;
  /** Most votes a second of one edge Redis and of one PostgreSQL. */
  readonly redisVotes: number;
  readonly databaseVotes: number;
  readonly cells: number;
  /** Processes by service, in all cells. */
  readonly processes: Readonly<Record<string, number>>;
  /** Machines for the services, in all cells; beside them each cell has one for Redis and one for PostgreSQL. */
  readonly serviceMachines: number;
  readonly processors: number;
  /** Seconds after the last vote until the mixers have moved every ballot. */
  readonly mixedAfterSeconds: number;
  readonly held: number;
  readonly heldMebibytes: number;
  readonly edgeMebibytes: number;
  /** Write-ahead log of one cell, in MB a second. */
  readonly logMegabytesPerSecond: number;
  readonly textNumbers: number;
};

/** What a rush needs in which `voters` come evenly within `seconds`. */
export function capacityOf(
  costs: MeasuredCosts,
  { voters, seconds }: { readonly voters: number; readonly seconds: number },
  assumed: Assumptions = assumptions,
): Capacity {
  const cost = (name: string): number => costs.microseconds[name] ?? 0;
  const rate = voters / seconds;
  const perProcessor = assumed.utilisation * 1e6;
  const redisVotes = perProcessor / cost('redis');
  const databaseVotes = (perProcessor * assumed.databaseProcessors) / cost('postgres');
  const cells = Math.ceil(rate / Math.min(redisVotes, databaseVotes));
  const longPolls = rate * Math.min(assumed.secondsToText, seconds);
  const inCell = (service: string): number => {
    const busy = ((rate / cells) * cost(service)) / perProcessor;
    const holding = service === 'api' ? longPolls / cells / assumed.heldPerProcess : 0;
    return Math.ceil(Math.max(assumed.processesMin, busy, holding));
  };
  const processes = {
    ...Object.fromEntries(scaledServices.map((service) => [service, inCell(service) * cells])),
    [mixer]: cells,
  };
  const count = Object.values(processes).reduce((sum, value) => sum + value, 0);
  const serviceMachines = Math.ceil(count / assumed.machineProcessors);
  const mixed = Math.min(rate / cells, perProcessor / cost(mixer));
  return {
    votesPerSecond: rate,
    redisVotes,
    databaseVotes,
    cells,
    processes,
    serviceMachines,
    processors: (serviceMachines + cells) * assumed.machineProcessors + cells * assumed.databaseProcessors,
    mixedAfterSeconds: Math.max(0, Math.round(voters / cells / mixed - seconds)),
    held: longPolls,
    heldMebibytes: (longPolls * costs.heldKibibytes) / 1_024,
    edgeMebibytes: (rate * Math.min(assumed.edgeSeconds, seconds) * costs.edgeBytes) / 2 ** 20,
    logMegabytesPerSecond: ((rate / cells) * costs.logBytes) / 1e6,
    textNumbers: Math.ceil(rate / assumed.textsPerNumber),
  };
}
