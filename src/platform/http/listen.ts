// Listening on some of this machine's addresses. A container is in several networks, and a port may be meant for the
// callers of one of them: a network (CIDR) in the list means the address that this machine has in it.
import { once } from 'node:events';
import { BlockList, createServer, isIPv6 } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { App } from './http.ts';

type ListenOptions = { readonly host: string; readonly port: number; readonly backlog?: number };

/** Listens on each address of the list `host` and returns the first one as an origin. */
export async function listenOn(app: App, { host, port, backlog }: ListenOptions): Promise<string> {
  try {
    const [first = '', ...others] = host.split(',').flatMap((item) => addressesOf(item.trim()));
    const doors = others.map(() => doorOf(app.server));
    app.addHook('preClose', (done) => {
      for (const door of doors) door.close();
      done();
    });
    const options = { host: first, port, ...(backlog !== undefined && { backlog }) };
    const address = await app.listen(options);
    // Port 0 is chosen by the first.
    const { port: boundPort } = app.server.address() as AddressInfo;
    for (const [index, door] of doors.entries()) {
      door.listen({ ...options, host: others[index], port: boundPort });
      await once(door, 'listening');
    }
    return address;
  } catch (error) {
    // The whole list, by which the variable is found and named.
    throw Object.assign(error as Error, { hostname: host });
  }
}

/** Passes its connections to the server, which bounds their times and closes them. */
function doorOf(server: App['server']): Server {
  const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void server.emit('connection', socket));
  door.maxConnections = server.maxConnections;
  return door;
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
