// Servers of one database, of which one takes writes: a primary and its standbys. The primary is searched when there is no
// connection to it, so after a promotion the next attempt to connect finds the new one. Nothing here promotes a server or
// keeps a failed primary from coming back: that is for the tool that promotes (docs/operations.md).
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { ClientBase } from 'pg';
import { addressesOf } from '../../domain/text/host-list.ts';

/** Longest search for the server that takes writes, in milliseconds. */
const searchMsMax = 1_500;
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

async function takesWrites(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ writable: boolean }>(
    "select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable",
  );
  return rows[0]?.writable ?? false;
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

async function answersAsWriter(address: string): Promise<string> {
  const client = new pg.Client({
    connectionString: address,
    connectionTimeoutMillis: searchMsMax,
    query_timeout: searchMsMax,
    application_name: 'popvote-search',
  });
  client.on('error', () => undefined);
  const ask = async (): Promise<string> => {
    await client.connect();
    if (!(await takesWrites(client))) throw new NoWritableServer();
    return address;
  };
  try {
    return await within(searchMsMax, ask());
  } finally {
    // Its end is not waited for: a server that does not answer would delay the search.
    void client.end().catch(() => undefined);
  }
}

/** The address of the server that takes writes. The first that says so is taken. Throws `NoWritableServer`. */
async function findWriter(addresses: readonly string[]): Promise<string> {
  return Promise.any(addresses.map(answersAsWriter)).catch((error: unknown) => {
    // A wrong password or a missing database is said by all that answer.
    const { errors } = error as { readonly errors: readonly unknown[] };
    const answer = errors.find((each) => typeof (each as { severity?: unknown }).severity === 'string');
    throw answer instanceof Error ? answer : new NoWritableServer();
  });
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
      if (!(await takesWrites(client))) throw new NoWritableServer();
      return client;
    } catch (error) {
      // The next connection searches again.
      if (writer === address) writer = null;
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
  };
}
