// The kinds of values that variables have. Each is checked as far as it can be without a connection, so that a value
// that cannot work is reported with its name before anything starts.
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { addressesOf } from '../domain/text/host-list.ts';

const checked = (isGood: (text: string) => boolean, message: string) =>
  z.string().refine((text) => {
    try {
      return isGood(text);
    } catch {
      return false;
    }
  }, message);

/** Decimal digits alone: no sign, exponent, blank or other base. */
export const wholeNumber = (least: number, most: number) => {
  const message = `is not a whole number from ${least} to ${most}.`;
  return checked((text) => /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most, message).transform(
    Number,
  );
};
export const amount = (most: number) =>
  checked(
    (text) => /^\d{1,15}(\.\d{1,9})?$/.test(text) && Number(text) <= most,
    `is not an amount from 0 to ${most}, such as 0.05.`,
  ).transform(Number);
export const port = checked(
  (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
  'is not a port: a whole number from 0 to 65535.',
).transform(Number);

/** An address to listen on. */
export const host = checked(isHost, 'is not an IP address or a host name to listen on, such as 127.0.0.1.');
/** Addresses to listen on. A network means the address that this machine has in it. */
export const hosts = checked(
  (text) => text.split(',').every((item) => isHost(item.trim()) || (item.includes('/') && isNetwork(item.trim()))),
  'is not a list of addresses, host names and networks to listen on, such as 127.0.0.1,10.213.2.0/24.',
);

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^(?!.*\.\.)(?![\d.]+$)[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i.test(text);
}

/** Scheme, host and port: a path would be dropped in silence. */
export const origin = checked(
  (text) => /^https?:\/\/[^\s/?#@]+\/?$/i.test(text) && new URL(text).hostname !== '',
  'is not an origin: a scheme, a host and a port without a path, such as http://127.0.0.1:9102.',
).transform((text) => new URL(text).origin);

const itemsBetweenCommas = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** Most addresses of other processes of one service. */
const originsMax = 16;
/** Addresses of processes, separated by commas. */
export const origins = itemsBetweenCommas.pipe(
  z.array(origin).max(originsMax, `has more than ${originsMax} addresses.`),
);

/** A part of an address that is percent-encoded can be decoded. */
const isDecodable = ({ username, password, pathname }: URL): boolean =>
  [username, password, pathname].every((part) => !decodeURIComponent(part).includes('\0'));
const isAddress = (text: string, protocol: RegExp, path: RegExp): boolean => {
  const url = new URL(text);
  return (
    !/\s/.test(text) &&
    protocol.test(url.protocol) &&
    url.hostname !== '' &&
    path.test(url.pathname) &&
    isDecodable(url)
  );
};
/** Parameters whose values name files that the driver reads at once. */
const fileParameters = ['sslcert', 'sslkey', 'sslrootcert'];
const filesAreReadable = (text: string): boolean =>
  fileParameters.every((name) => {
    const path = new URL(text).searchParams.get(name);
    if (path === null) return true;
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  });
/** Most hosts in one address: a primary and its standbys, or the sentinels of a Redis. */
const hostsMax = 8;
/** With several hosts the one that takes writes is used, and only then. */
const sessionFits = (text: string, hosts: number): boolean => {
  const session = new URL(text).searchParams.get('target_session_attrs');
  return session === 'read-write' || (session === null && hosts === 1);
};
export const postgresUrl = checked((text) => {
  const each = addressesOf(text);
  return (
    each.every(
      (one) =>
        isAddress(one, /^postgres(ql)?:$/, /^\/[^/]+$/) && filesAreReadable(one) && sessionFits(one, each.length),
    ) && each.length <= hostsMax
  );
}, 'is not an address of a database, such as postgres://user:password@host:5432/database, or with several hosts postgres://user:password@one:5432,two:5432/database?target_session_attrs=read-write.');
/** With several hosts they are sentinels, and `sentinel` is the name under which they watch the Redis. */
const sentinelFits = (text: string, hosts: number): boolean => {
  const name = new URL(text).searchParams.get('sentinel');
  return name === null ? hosts === 1 : /^[A-Za-z0-9._-]{1,64}$/.test(name);
};
export const redisUrl = checked((text) => {
  const each = addressesOf(text);
  return (
    each.every((one) => isAddress(one, /^rediss?:$/, /^(\/\d{0,4})?$/) && sentinelFits(one, each.length)) &&
    each.length <= hostsMax
  );
}, 'is not an address of Redis, such as redis://user:password@host:6379, or with sentinels redis://user:password@one:26379,two:26379?sentinel=name.');

export const certificate = checked((text) => new X509Certificate(text).raw.length > 0, 'is not a certificate in PEM.');
export const privateKey = checked((text) => createPrivateKey(text).type === 'private', 'is not a private key in PEM.');
/** Whether a certificate is of this key. One that cannot be read is a fault of its own. */
export function belongTogether(key: string, cert: string): boolean {
  if (!privateKey.safeParse(key).success || !certificate.safeParse(cert).success) return true;
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

/** A folder that can be written to, or that can be made. */
export const directory = folderFor(constants.R_OK | constants.W_OK | constants.X_OK);
/** A folder that another service writes and this one reads. It may not be there yet. */
export const readDirectory = folderFor(constants.R_OK | constants.X_OK);

function folderFor(access: number) {
  return z.string().superRefine((path, context) => {
    const fault = faultOfFolder(path, access);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });
}

function faultOfFolder(path: string, access: number): string | null {
  try {
    if (!statSync(path).isDirectory()) return 'is not a folder.';
    accessSync(path, access);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? null : `cannot be used as a folder (${code ?? 'unknown'}).`;
  }
}

const namedNetworks: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);
function isNetwork(text: string): boolean {
  if (namedNetworks.has(text)) return true;
  const [, address = '', bits = ''] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  // A zone (fe80::1%eth0) has no meaning in a header.
  if (version === 0 || address.includes('%')) return false;
  return bits === '' || (Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128));
}
/** Addresses and networks (CIDR). All addresses (/0) are refused: anybody could then claim any address. */
export const networks = itemsBetweenCommas.refine(
  (items) => items.every(isNetwork),
  'is not a list of addresses and networks, such as 10.0.0.0/8,127.0.0.1.',
);
