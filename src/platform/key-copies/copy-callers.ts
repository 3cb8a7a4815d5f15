// By which keys the processes of one service call each other: those with which the service signs anyway. A key of a caller
// has the caller's name before the first dot of its id.
import type { CopyingService } from '../../protocol/key-copies.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';

/** The key of a service in the form of a caller's key. */
export const callerJwkOf = <Jwk extends PublicJwk>(service: CopyingService, jwk: Jwk): Jwk => ({
  ...jwk,
  kid: `${service}.${jwk.kid}`,
});
