// The sizes of a PostgreSQL, from the memory of its machine: what it keeps in memory, and how much it writes before a checkpoint.
// After a checkpoint each page that changes is written whole, and votes change pages at random places. So rare checkpoints
// make a vote cheap, and a later recovery longer. Docker Compose gets the same sizes from `popvote postgres-sizes`.
import { totalmem } from 'node:os';

const mebibyte = 1_048_576;
/** Part of the memory that PostgreSQL keeps pages in; the system keeps others, and services run beside it. */
const bufferPart = 1 / 8;
/** Bounds of it. The least is PostgreSQL's default. */
const bufferBytesMin = 128 * mebibyte;
const bufferBytesMax = 8_192 * mebibyte;
/** Bounds of the write-ahead log between two checkpoints, which is half of the memory. The least is PostgreSQL's default. */
const walBytesMin = 1_024 * mebibyte;
const walBytesMax = 8_192 * mebibyte;
/** Longest time between two checkpoints, in minutes. */
const checkpointMinutesMax = 15;

export type PostgresSizes = Readonly<Record<'shared_buffers' | 'max_wal_size' | 'checkpoint_timeout', string>>;

/** The sizes for a memory in bytes. */
export function postgresSizes(memoryBytes: number): PostgresSizes {
  const part = (share: number, least: number, most: number): string =>
    `${Math.floor(Math.min(most, Math.max(least, memoryBytes * share)) / mebibyte)}MB`;
  return {
    shared_buffers: part(bufferPart, bufferBytesMin, bufferBytesMax),
    max_wal_size: part(1 / 2, walBytesMin, walBytesMax),
    checkpoint_timeout: `${checkpointMinutesMax}min`,
  };
}

/** Memory of a container beside the pages that PostgreSQL keeps, in bytes: its connections, and files being read. */
const besidePagesBytes = 1_024 * mebibyte;

/** The limit for a container of a PostgreSQL with these sizes, as Docker writes it: twice its pages, and the rest. */
export function postgresContainerMemory({ shared_buffers: buffers }: PostgresSizes): string {
  return `${2 * Number.parseInt(buffers, 10) + besidePagesBytes / mebibyte}m`;
}

/**
 * The memory of this machine in bytes, or that of its container where it is less. `constrained`: the bound of the cgroup;
 * Node returns 0 or an immense number where there is none or where it cannot be read.
 */
export function machineMemoryBytes(
  total: number = totalmem(),
  constrained: number = process.constrainedMemory(),
): number {
  return constrained > 0 ? Math.min(total, constrained) : total;
}
