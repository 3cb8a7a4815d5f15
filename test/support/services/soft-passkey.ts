// An authenticator in the test's own process: it answers the options of a passkey as a browser and a security key would.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { PasskeyProof, NewPasskey } from '../../../src/protocol/control/passkey-api.ts';
import { passkeySite } from './access.ts';

export type SoftPasskey = {
  readonly id: string;
  /** How many times it was used, as it reports itself. */
  counter: number;
  register(options: Options): NewPasskey['credential'];
  prove(options: Options, at?: { readonly origin?: string; readonly domain?: string }): PasskeyProof;
};
type Options = { readonly challenge: string };

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();
const userPresent = 0x01;
const withCredential = 0x40;

export function createSoftPasskey(): SoftPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // The coordinates are the end of the SPKI form (RFC 5480).
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-64);
  const id = randomBytes(16);
  // COSE (RFC 9053): {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}.
  const cose = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    point.subarray(0, 32),
    Buffer.from('225820', 'hex'),
    point.subarray(32),
  ]);
  const clientData = (type: string, { challenge }: Options, origin: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const authenticatorData = (flags: number, domain: string, counter: number): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(domain), Buffer.from([flags]), count]);
  };
  return {
    id: base64url(id),
    counter: 0,
    register(options) {
      const length = Buffer.from([0, id.length]);
      const credential = Buffer.concat([Buffer.alloc(16), length, id, cose]);
      const data = Buffer.concat([authenticatorData(userPresent | withCredential, passkeySite.domain, 0), credential]);
      // CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes with a length in two bytes}.
      const size = Buffer.alloc(2);
      size.writeUInt16BE(data.length);
      const head = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746159', 'hex'),
        size,
      ]);
      return {
        id: base64url(id),
        type: 'public-key',
        response: {
          clientDataJSON: base64url(clientData('webauthn.create', options, passkeySite.origin)),
          attestationObject: base64url(Buffer.concat([head, data])),
          transports: ['usb'],
        },
      };
    },
    prove(options, { origin = passkeySite.origin, domain = passkeySite.domain } = {}) {
      this.counter += 1;
      const data = authenticatorData(userPresent, domain, this.counter);
      const client = clientData('webauthn.get', options, origin);
      return {
        id: base64url(id),
        type: 'public-key',
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(data),
          signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)),
        },
      };
    },
  };
}
