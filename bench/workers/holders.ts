// A worker that holds many requests open, asks again when one comes back empty, and, for the notify bench, lets the texts
// be sent that release them. It measures from the moment at which a text was due, not from when it could be sent.
import { setTimeout as pause } from 'node:timers/promises';
import { serveCommands } from '../harness/child.ts';
import { Connection, ConnectionPool } from '../harness/keep-alive-client.ts';
import type { Origin } from '../harness/keep-alive-client.ts';

/** Connections that are opened at once: below the listen backlog of any server. */
const openingMax = 100;
/** Pause after a rejection before the same request is sent again, in milliseconds. */
const refusedPauseMs = 500;
/** Connections for webhooks. */
const webhookConnectionsMax = 64;

/** One session: the request that is held, and the text that releases it. */
export type HeldSession = { readonly request: string; readonly text?: string };
type Slot = { session: HeldSession; connection: Connection; waiting: boolean };

const slots: Slot[] = [];
const spare: HeldSession[] = [];
const released = new Map<HeldSession, number>();
const tally = { empty: 0, refused: 0, broken: 0 };
let origin: Origin | undefined;
let localAddresses: readonly string[] = [];
let closed = false;

async function keepHolding(slot: Slot): Promise<void> {
  while (!closed) {
    try {
      if (!slot.connection.usable) slot.connection = await openConnection(slots.indexOf(slot));
      slot.waiting = true;
      const { status, body } = await slot.connection.request(slot.session.request);
      slot.waiting = false;
      if (status !== 200) {
        tally.refused += 1;
        await pause(refusedPauseMs);
      } else if (!body.includes('"verified"')) tally.empty += 1;
      else {
        released.set(slot.session, performance.now());
        const next = spare.pop();
        if (!next) return;
        slot.session = next;
      }
    } catch {
      slot.waiting = false;
      if (closed as boolean) return;
      tally.broken += 1;
      await pause(refusedPauseMs);
    }
  }
}

function openConnection(index: number): Promise<Connection> {
  if (!origin) throw new Error('no origin yet');
  return Connection.open(origin, localAddresses[index % (localAddresses.length || 1)]);
}

async function open(sessions: readonly HeldSession[]): Promise<void> {
  for (let at = 0; at < sessions.length; at += openingMax) {
    const batch = sessions.slice(at, at + openingMax);
    const connections = await Promise.all(batch.map((_, index) => openConnection(slots.length + index)));
    for (const [index, connection] of connections.entries()) {
      const slot = { session: batch[index]!, connection, waiting: false };
      slots.push(slot);
      void keepHolding(slot);
    }
  }
}

export type ReleaseOrder = {
  readonly sms: Origin;
  readonly count: number;
  /** Texts per second, evenly spaced. */
  readonly rate: number;
  /** After the last text, this long is waited for answers, in milliseconds. */
  readonly patienceMs: number;
};
export type ReleaseResult = {
  readonly latencies: readonly number[];
  readonly lost: number;
  readonly webhooksRefused: number;
};

async function release(order: ReleaseOrder): Promise<ReleaseResult> {
  const webhooks = new ConnectionPool(order.sms, webhookConnectionsMax);
  const due = new Map<HeldSession, number>();
  const start = performance.now();
  let webhooksRefused = 0;
  const send = async (session: HeldSession, dueAt: number): Promise<void> => {
    due.set(session, dueAt);
    const answer = await webhooks.request(session.text ?? '').catch(() => null);
    if (!answer || answer.status >= 300) webhooksRefused += 1;
  };
  const sends: Promise<void>[] = [];
  for (let index = 0; index < order.count; index += 1) {
    const dueAt = start + (index * 1_000) / order.rate;
    const early = dueAt - performance.now();
    if (early > 1) await pause(early);
    // A timer may be a little early: then it counts from now, and a late one from when it was due.
    sends.push(send(slots[index % slots.length]!.session, Math.min(dueAt, performance.now())));
  }
  await Promise.all(sends);
  const patientUntil = performance.now() + order.patienceMs;
  const missing = (): number => [...due.keys()].filter((session) => !released.has(session)).length;
  while (missing() > 0 && performance.now() < patientUntil) await pause(20);
  webhooks.close();
  const latencies = [...due].flatMap(([session, dueAt]) => {
    const at = released.get(session);
    return at === undefined ? [] : [at - dueAt];
  });
  return { latencies, lost: due.size - latencies.length, webhooksRefused };
}

serveCommands({
  open: async (order: { origin: Origin; sessions: HeldSession[]; spare: HeldSession[]; localAddresses: string[] }) => {
    ({ origin, localAddresses } = order);
    spare.push(...order.spare);
    await open(order.sessions);
  },
  state: () => ({ ...tally, holding: slots.filter(({ waiting }) => waiting).length }),
  release,
  close: () => {
    closed = true;
    for (const { connection } of slots) connection.close();
    slots.length = 0;
    closed = false;
  },
});
