// Listening on some of this machine's addresses. A container is in several networks, and a port may be meant for the
// callers of one of them: a network (CIDR) in the list means the address that this machine has in it.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { BlockList, createServer, isIPv6 } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { App } from './http.ts';

type ListenOptions = { readonly host: string; readonly port: number; readonly backlog?: number };

/** Listens on each address of the list `host` and returns the first one as an origin. */
export async function listenOn(app: App, { host, port, backlog }: ListenOptions): Promise<string> {
  try {
    const [first = '', ...others] = host.split(',').flatMap((item) => addressesOf(item.trim()));
    const doors = others.map(() => doorOf(app.server));
    boundTogether(app.server, doors);
    closeTogether(app, doors);
    const options = { host: first, port, ...(backlog !== undefined && { backlog }) };
    const address = await app.listen(options);
    // Port 0 is chosen by the first.
    const { port: boundPort } = app.server.address() as AddressInfo;
    for (const [index, door] of doors.entries()) {
      door.listen({ ...options, host: others[index], port: boundPort });
      await once(door, 'listening');
    }
    for (const listener of [app.server, ...doors])
      listener.on('error', (error) => app.log.error({ err: error }, 'http.accept-failed'));
    return address;
  } catch (error) {
    // The whole list, by which the variable is found and named.
    throw Object.assign(error as Error, { hostname: host });
  }
}

/** Passes its connections to the server, which bounds their times and closes them. */
const doorOf = (server: App['server']): Server =>
  createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void server.emit('connection', socket));

/**
 * Bounds the connections of all addresses by the bound of the server. When it is reached, an address that has no connection
 * still takes one, so that a probe of its own address is answered.
 */
function boundTogether(server: App['server'], doors: readonly Server[]): void {
  if (doors.length === 0) return;
  const { maxConnections } = server;
  const open = new Map<Server, number>([server, ...doors].map((listener) => [listener, 0]));
  const add = (listener: Server, change: 1 | -1): void => {
    open.set(listener, (open.get(listener) ?? 0) + change);
    const all = [...open.values()].reduce((sum, each) => sum + each, 0);
    for (const [each, own] of open) each.maxConnections = Math.max(1, maxConnections - (all - own));
  };
  const passed = new WeakSet();
  for (const listener of [...doors, server]) {
    const onClose = (): void => add(listener, -1);
    // Before the listener by which a door passes its connections.
    listener.prependListener('connection', (socket) => {
      if (passed.has(socket)) return;
      passed.add(socket);
      add(listener, 1);
      socket.on('close', onClose);
    });
  }
}

/** At a shutdown, how long a connection may still take to its first byte, in milliseconds. Browsers open some in advance. */
const firstByteMsMax = 1_000;

/**
 * A shutdown closes all addresses at once, and waits for the requests that came in by each of them. Node checks how long a
 * client takes for its head and its whole request until the port is closed, and not after it: those times are kept here.
 */
function closeTogether({ server, ...app }: App, doors: readonly Server[]): void {
  const sockets = socketsOf(server);
  let closed: readonly Promise<unknown>[] = [];
  let timers: readonly NodeJS.Timeout[] = [];
  const endAfter = (ms: number, isLate: (socket: HttpSocket) => boolean): NodeJS.Timeout =>
    setTimeout(() => {
      for (const socket of sockets) if (isLate(socket)) socket.destroy();
    }, ms);
  app.addHook('preClose', (done) => {
    closed = doors.map((door) => new Promise((resolve) => door.close(resolve)));
    for (const socket of sockets) endAfterAnswer(socket);
    timers = [
      endAfter(firstByteMsMax, ({ bytesRead }) => bytesRead === 0),
      endAfter(server.headersTimeout, ({ _httpMessage: pending }) => !pending),
      endAfter(server.requestTimeout, ({ _httpMessage: pending }) => pending?.req.complete !== true),
    ];
    done();
  });
  app.addHook('onClose', async () => {
    await Promise.all(closed);
    timers.forEach(clearTimeout);
  });
}

/** The pending answer of a connection, under Node's internal name. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/** The open connections of a server. Of one with TLS, the connection below it until both sides agreed on keys. */
function socketsOf(server: App['server']): ReadonlySet<HttpSocket> {
  const sockets = new Set<HttpSocket>();
  // One function for all: thousands of connections are held at once.
  const onClose = function (this: Socket): void {
    sockets.delete(this);
  };
  const add = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', onClose);
  };
  server.on('connection', add);
  server.on('secureConnection', (socket: Socket & { readonly _parent?: Socket }) => {
    // Under Node's internal name.
    if (socket._parent) sockets.delete(socket._parent);
    add(socket);
  });
  return sockets;
}

/** Otherwise the connection is kept for a next request, and the shutdown waits for it. */
function endAfterAnswer(socket: HttpSocket): void {
  const pending = socket._httpMessage;
  if (!pending) return;
  if (pending.headersSent) pending.once('finish', () => socket.destroySoon());
  else pending.setHeader('connection', 'close');
}

function addressesOf(item: string): readonly string[] {
  const [network = '', bits] = item.split('/');
  if (bits === undefined) return [item];
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const inside = new BlockList();
  inside.addSubnet(network, Number(bits), family);
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const own = addresses.filter((address) => isIPv6(address) === (family === 'ipv6') && inside.check(address, family));
  if (own.length > 0) return own;
  const fault = new Error(`This machine has no address in ${item}.`);
  throw Object.assign(fault, { code: 'EADDRNOTAVAIL', syscall: 'listen' });
}
