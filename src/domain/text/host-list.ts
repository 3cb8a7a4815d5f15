// Addresses with a list of hosts, as libpq has them: postgres://user:password@one:5432,two:5432/intake.

/** One address for each host of the list. An address with one host is itself. */
export function addressesOf(address: string): readonly string[] {
  const [, head = '', hosts = '', rest = ''] = /^([a-z+.-]+:\/\/(?:[^/?#]*@)?)([^/?#@]*)([^]*)$/i.exec(address) ?? [];
  return hosts.includes(',') ? hosts.split(',').map((host) => head + host + rest) : [address];
}

/** The hosts of an address, as they are written in it. */
export function hostListOf(address: string): string {
  return /^[a-z+.-]+:\/\/(?:[^/?#]*@)?([^/?#@]*)/i.exec(address)?.[1] ?? '';
}

/** The same address with another user and password. */
export function withLogin(address: string, user: string, password: string): string {
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  return address.replace(/^([a-z+.-]+:\/\/)(?:[^/?#]*@)?/i, (_all, scheme: string) => scheme + login);
}
