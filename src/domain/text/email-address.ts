// The one spelling of an e-mail address, which is how a user is known. Its domain may be internationalised and is then
// in ASCII, as `xn--…`, so that a domain of look-alike letters cannot pass for another. See decision 0017.

/** Longest e-mail address (RFC 5321), in characters. */
export const emailCharactersMax = 254;

/** Longest part before the @ (RFC 5321), in characters. */
const localCharactersMax = 64;
const localPart = /^(?!\.)(?!.*\.\.)[a-z0-9_'+.-]*[a-z0-9_+-]$/;
// Letters, digits, dots and joiners, with which no address of the web can be written around the host.
const hostCharacters = /^[\p{L}\p{M}\p{N}.\u3002\uFF0E\uFF61\u200C\u200D-]+$/u;
const asciiHost = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const around = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu;

export type EmailAddress =
  | { readonly ok: true; readonly address: string }
  /** `local-part`: the address is one, and its part before the @ has letters that are not of ASCII. */
  | { readonly ok: false; readonly fault: 'shape' | 'local-part' };

/** The address in lower case, with its domain in ASCII (UTS #46), or why it is none that a user can have. */
export function emailAddress(text: string): EmailAddress {
  if (text.length > emailCharactersMax * 2) return { ok: false, fault: 'shape' };
  const plain = text.normalize('NFKC').replace(around, '');
  const at = plain.lastIndexOf('@');
  const local = plain
    .slice(0, at)
    .replace(unseen, '')
    .replace(/\p{Pd}/gu, '-')
    .toLowerCase();
  const host = asciiHostOf(plain.slice(at + 1));
  if (at < 1 || host === null || local.length > localCharactersMax) return { ok: false, fault: 'shape' };
  if (/[\p{L}\p{M}\p{N}]/u.test(local.replace(/[a-z0-9]/g, ''))) return { ok: false, fault: 'local-part' };
  const address = `${local}@${host}`;
  return localPart.test(local) && address.length <= emailCharactersMax
    ? { ok: true, address }
    : { ok: false, fault: 'shape' };
}

function asciiHostOf(domain: string): string | null {
  if (!hostCharacters.test(domain) || !URL.canParse(`http://${domain}`)) return null;
  const { hostname } = new URL(`http://${domain}`);
  return asciiHost.test(hostname) ? hostname : null;
}
