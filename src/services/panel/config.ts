// The environment variables of `panel`, each with its purpose. No other file of the service reads the environment.
import { z } from 'zod';
import { certificate, hosts, origin, port, privateKey } from '../../platform/environment-fields.ts';
import { callsTlsFields } from '../../platform/private-calls/private-calls-tls.ts';
import { drainOfCalled, logLevel, tlsTogether, trustedProxies } from '../../platform/service-environment.ts';
import { tracingFields } from '../../platform/tracing/open-tracing.ts';

const controlApi = (service: string, port: number) =>
  origin.default(`http://127.0.0.1:${port}`).describe(`Address of the control API of ${service}.`);

const fields = z.object({
  PANEL_HOST: hosts.default('127.0.0.1').describe('Address of the control panel.'),
  PANEL_PORT: port.default(8_090).describe('Port of the control panel and, below /api, of the control API.'),
  PANEL_PRIVATE_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  PANEL_PRIVATE_PORT: port.default(9_112).describe('Private port: metrics and health, for operators only.'),
  PANEL_ACCESS_ORIGIN: controlApi('access', 9_105),
  PANEL_ELECTIONS_ORIGIN: controlApi('elections', 9_107),
  PANEL_OFFICIALS_ORIGIN: controlApi('officials', 9_109),
  PANEL_VOTERS_ORIGIN: origin
    .optional()
    .describe(
      'Public address of the voters’ page, such as https://vote.example.org: links, QR codes and posters of the panel ' +
        'have it. Without it the panel shows none.',
    ),
  PANEL_COOKIES: z
    .enum(['secure', 'plain'])
    .default('secure')
    .describe(
      'secure: browsers send the session cookies only over TLS, which ends here or at a proxy in front. ' +
        'plain: also over HTTP, for a private network.',
    ),
  PANEL_TRUSTED_PROXIES: trustedProxies,
  PANEL_TLS_KEY: privateKey.optional().describe('Private key (PEM) of both ports. Give PANEL_TLS_KEY_FILE.'),
  PANEL_TLS_CERT: certificate.optional().describe('Certificate chain (PEM) of both ports.'),
  PANEL_TLS_CLIENT_CA: certificate.optional().describe('Authority (PEM) of the certificates that browsers must show.'),
  ...callsTlsFields,
  DRAIN_SECONDS: drainOfCalled,
  ...tracingFields,
  LOG_LEVEL: logLevel,
});

export const panelEnvironment = fields.superRefine(tlsTogether('PANEL'));
