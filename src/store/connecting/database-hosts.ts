// Servers of one database, of which one takes writes: a primary and its standbys. The primary is searched when a connection
// to it has ended, so after a promotion the next attempt to connect finds the new one. Of two that take writes, the one that
// was promoted last is used. Nothing here promotes a server: that is for another tool (docs/operations.md).
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { ClientBase } from 'pg';
import { addressesOf } from '../../domain/text/host-list.ts';

/** Longest search for the server that takes writes, in milliseconds. */
const searchMsMax = 1_500;
/** Longest wait, after one was found, for the answers of others, in milliseconds. */
const rivalMsMax = 200;
/** Longest time until a connection to it is open, its search included, in milliseconds: less than a pool waits for one. */
const openMsMax = 1_800;
const parameter = 'target_session_attrs';

type DatabaseHosts = {
  /** One address for each host. */
  readonly addresses: readonly string[];
  /** Whether the server must take writes. */
  readonly mustWrite: boolean;
};

/** No server of the list takes writes now. Nothing was changed. */
export class NoWritableServer extends Error {
  constructor() {
    super('no server of the database takes writes');
    this.name = 'NoWritableServer';
  }
}

function databaseHosts(address: string): DatabaseHosts {
  const each = addressesOf(address).map((text) => new URL(text));
  const mustWrite = each.some(({ searchParams }) => searchParams.get(parameter) === 'read-write');
  if (!mustWrite) return { addresses: [address], mustWrite };
  for (const { searchParams } of each) searchParams.delete(parameter);
  return { addresses: each.map(({ href }) => href), mustWrite };
}

// Each promotion begins a timeline with a higher number. A standby gives no position.
const writerQuery = `select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable,
  case when pg_is_in_recovery() then '' else left(pg_walfile_name(pg_current_wal_lsn()), 8) end as timeline`;

/** The timeline of a server that takes writes, and null of another. Later ones are greater, as text. */
async function timelineOf(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ writable: boolean; timeline: string }>(writerQuery);
  return rows[0]?.writable === true ? rows[0].timeline : null;
}

/** Rejects with `NoWritableServer` at the end of the time. The work is not stopped. */
async function within<Result>(msMax: number, work: Promise<Result>): Promise<Result> {
  const ended = new AbortController();
  const late = pause(msMax, undefined, { signal: ended.signal, ref: false }).then(() => {
    throw new NoWritableServer();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
}

type Writer = { readonly address: string; readonly timeline: string };

async function answersAsWriter(address: string): Promise<Writer> {
  const client = new pg.Client({
    connectionString: address,
    connectionTimeoutMillis: searchMsMax,
    query_timeout: searchMsMax,
    application_name: 'popvote-search',
  });
  client.on('error', () => undefined);
  const ask = async (): Promise<Writer> => {
    await client.connect();
    const timeline = await timelineOf(client);
    if (timeline === null) throw new NoWritableServer();
    return { address, timeline };
  };
  try {
    return await within(searchMsMax, ask());
  } finally {
    // Its end is not waited for: a server that does not answer would delay the search.
    void client.end().catch(() => undefined);
  }
}

/**
 * The address of the server that takes writes. A primary that was replaced and still lives says so too: its commits would
 * wait for standbys that left it. So the others have a moment to answer, and the latest timeline decides. Throws
 * `NoWritableServer`.
 */
async function findWriter(addresses: readonly string[]): Promise<string> {
  const writers: Writer[] = [];
  const asking = addresses.map(async (address) => void writers.push(await answersAsWriter(address)));
  await Promise.any(asking).catch((error: unknown) => {
    // A wrong password or a missing database is said by all that answer.
    const { errors } = error as { readonly errors: readonly unknown[] };
    const answer = errors.find((each) => typeof (each as { severity?: unknown }).severity === 'string');
    throw answer instanceof Error ? answer : new NoWritableServer();
  });
  const rivals = new AbortController();
  const enough = pause(rivalMsMax, undefined, { signal: rivals.signal, ref: false }).catch(() => undefined);
  await Promise.race([Promise.allSettled(asking), enough]);
  rivals.abort();
  return writers.reduce((latest, writer) => (writer.timeline > latest.timeline ? writer : latest)).address;
}

/** The address with which one connection is opened now: that of the server which takes writes, if the address asks for it. */
export async function currentAddress(address: string): Promise<string> {
  const { addresses, mustWrite } = databaseHosts(address);
  return mustWrite ? findWriter(addresses) : address;
}

/** The kind of connections of a pool to this address, and the address whose user, database and TLS they have. */
export function poolClientOf(address: string): {
  readonly Client?: typeof pg.Client;
  readonly connectionString: string;
} {
  const { addresses, mustWrite } = databaseHosts(address);
  const [connectionString = address] = addresses;
  return mustWrite ? { Client: writerClient(addresses), connectionString } : { connectionString };
}

/** As the pool ends one that is late. */
const streamOf = (client: pg.Client): Duplex =>
  (client as unknown as { connection: { stream: Duplex } }).connection.stream;

/** Clients that connect to the server which takes writes. They share what they know of it. */
function writerClient(addresses: readonly string[]): typeof pg.Client {
  let writer: string | null = null;
  let search: Promise<string> | undefined;
  const find = async (): Promise<string> => {
    if (writer !== null) return writer;
    search ??= findWriter(addresses).finally(() => (search = undefined));
    writer = await search;
    return writer;
  };
  // A connection that ended may have been to a primary that was replaced: the next one searches again.
  const forget = (address: string): void => {
    if (writer === address) writer = null;
  };
  const openNow = async (
    client: pg.Client,
    connect: () => Promise<unknown>,
    isLate: () => boolean,
  ): Promise<pg.Client> => {
    const address = await find();
    if (isLate()) throw new NoWritableServer();
    const { hostname, port } = new URL(address);
    Object.assign(client, { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 5_432 : port) });
    try {
      await connect();
      if ((await timelineOf(client)) === null) throw new NoWritableServer();
      client.once('end', () => forget(address));
      return client;
    } catch (error) {
      forget(address);
      throw error;
    }
  };
  const open = async (client: pg.Client, connect: () => Promise<unknown>): Promise<pg.Client> => {
    let isLate = false;
    const opening = openNow(client, connect, () => isLate);
    return within(openMsMax, opening).catch((error: unknown) => {
      isLate = true;
      // The pool does not listen to it yet.
      client.on('error', () => undefined);
      streamOf(client).destroy();
      throw error;
    });
  };
  return class extends pg.Client {
    override connect(): Promise<pg.Client>;
    override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
    override connect(
      callback?: ((error: Error) => void) | ((error: null, client: pg.Client) => void),
    ): Promise<pg.Client> | undefined {
      const opened = open(this, () => super.connect());
      if (!callback) return opened;
      const answer = callback as (error: Error | null, client?: pg.Client) => void;
      opened.then((client) => answer(null, client), answer);
      return undefined;
    }

    override end(): Promise<void>;
    override end(callback: (error: Error) => void): void;
    override end(callback?: (error: Error) => void): Promise<void> | undefined {
      // At once, because the pool opens the next one while this one ends.
      writer = null;
      if (!callback) return super.end();
      super.end(callback);
      return undefined;
    }
  };
}
