// The environment of `herald`. Only `main.ts` reads it.
import { z } from 'zod';
import { directory, hosts, port, readDirectory, wholeNumber } from '../../platform/environment-fields.ts';
import { json } from '../../platform/environment.ts';
import { drainOfUncalled, logLevel } from '../../platform/service-environment.ts';
import { noteKeyText } from '../../protocol/record/log-values.ts';
import { noteSignersMax } from '../../protocol/record/manifest.ts';

const witness = z.strictObject({
  key: noteKeyText,
  url: z
    .url({ protocol: /^https?$/, error: 'is not an http or https address.' })
    .refine((text) => !/[?#@]/.test(text), 'has a user, a query or a fragment.')
    .describe('The submission prefix: add-checkpoint is below it.'),
});

export const heraldEnvironment = z.object({
  HERALD_HOST: hosts.default('127.0.0.1').describe('Address of the private port.'),
  HERALD_PORT: port.default(9_114).describe('Private port: metrics and health, for operators only.'),
  HERALD_SOURCE_DIRECTORY: readDirectory.describe('Folder of the public logs that log writes. herald only reads it.'),
  HERALD_DIRECTORY: directory.describe('Folder of the published logs. Only herald writes it; api serves it.'),
  HERALD_WITNESSES: json(z.array(witness).max(noteSignersMax))
    .default([])
    .describe(
      'JSON of witnesses with their keys and addresses: [{"key": "w1.example.net/popvote+…", "url": "https://…"}]. Those ' +
        'that the manifest of an election names are asked. HERALD_WITNESSES_FILE names a file.',
    ),
  HERALD_POLL_MS: wholeNumber(50, 60_000)
    .default(1_000)
    .describe('Pause between two steps, in milliseconds (50 to 60000).'),
  DRAIN_SECONDS: drainOfUncalled,
  LOG_LEVEL: logLevel,
});
