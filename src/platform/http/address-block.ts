// The block of addresses that one limit counts together: whoever has one address of a block can have the others. Only
// its keyed hash may be stored.

/** `a.b.c` of an IPv4 address (/24) or the first three groups of an IPv6 address (/48), as a name. */
export function addressBlock(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  // IPv4 addresses arrive as ::ffff:a.b.c.d on a socket that takes both.
  const v4 = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(bare);
  if (v4) return `${v4[1] ?? ''}.0/24`;
  const [head = '', tail] = bare.split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const left = groups(head);
  const right = groups(tail);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const full = [...left, ...Array<string>(zeros).fill('0'), ...right];
  const short = full.slice(0, 3).map((group) => (Number.parseInt(group, 16) || 0).toString(16));
  return `${short.join(':')}::/48`;
}
