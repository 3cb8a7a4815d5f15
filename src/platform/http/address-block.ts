// The block of addresses that one limit counts together, because one person can have many addresses of a block. Only
// its keyed hash may be stored.

/** `a.b.c` of an IPv4 address (/24) or the first three groups of an IPv6 address (/48), as a name. */
export function addressBlock(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  // IPv4 addresses arrive as ::ffff:a.b.c.d on a dual-stack socket.
  const v4 = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(bare);
  if (v4) return `${v4[1] ?? ''}.0/24`;
  const [head = '', tail] = bare.split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const start = groups(head);
  const end = groups(tail);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - start.length - end.length);
  const full = [...start, ...Array<string>(zeros).fill('0'), ...end];
  const short = full.slice(0, 3).map((group) => (Number.parseInt(group, 16) || 0).toString(16));
  return `${short.join(':')}::/48`;
}
