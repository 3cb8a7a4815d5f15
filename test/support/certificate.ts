// A self-signed certificate of one day, or of more, for 127.0.0.1, by openssl.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function certificate(days = 1): { key: string; cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-tls-'));
  const keyPath = join(directory, 'key.pem');
  const certPath = join(directory, 'cert.pem');
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 ' +
    `-addext subjectAltName=IP:127.0.0.1 -days ${days}`;
  execFileSync('openssl', [...words.split(' '), '-keyout', keyPath, '-out', certPath], { stdio: 'ignore' });
  const pair = { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8') };
  rmSync(directory, { recursive: true });
  return pair;
}
