// Redis goes down and comes back empty: providers are refused after a while and their texts kept, no message is sent without
// being counted, and a message that is sent again counts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { startRedis } from '../../../src/local/redis.ts';
import type { LocalRedis } from '../../../src/local/redis.ts';
import { redisReady } from '../../../src/platform/redis.ts';
import { smsChannels, checkCodeAnswer, sendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import { edgeUsers } from '../../../src/protocol/redis-users.ts';
import { textsCompleteKey, textsKey } from '../../../src/protocol/verification-events.ts';
import { textKeeperBounds } from '../../../src/services/sms/inbound/text-keeper.ts';
import { freePort } from '../../support/processes/ports.ts';
import { newPhone, sendText, simulatorNumber, startSms, textsOf } from '../../support/services/sms.ts';

async function startOwnRedis(directory: string, port: number): Promise<LocalRedis> {
  const names = ['admin', ...edgeUsers.map(({ name }) => name)];
  return startRedis({
    directory,
    port,
    server: redisServers.edge,
    passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
    logFile: join(directory, 'redis.log'),
    searchPath: process.env['PATH'] ?? '',
    say: () => undefined,
  });
}

test(
  'While Redis is unavailable webhooks wait and no code is sent; afterwards all works',
  { timeout: 60_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'popvote-sms-'));
    const port = await freePort();
    let redis = await startOwnRedis(directory, port);
    const redisUrls = { sms: redis.url('sms'), admin: redis.url('admin') };
    await using sms = await startSms({ redisUrls });
    const call = { method: 'GET', path: '/private/channels', answer: smsChannels, msMax: 3_000 } as const;
    const ask = (phone: string) =>
      sms.client.call({
        method: 'POST',
        path: '/private/codes',
        body: { phone, title: 'Budget', rehearsal: true, binding: newSecret() },
        answer: sendCodeAnswer,
        msMax: 5_000,
      });
    try {
      const early = newPhone();
      const phone = newPhone();
      const result = await ask(early);
      const code = (await textsOf(sms, early))[0]!.body.slice(0, 8);

      await redis.stop();
      const started = performance.now();
      const refusing = sendText(sms, phone, '12345678');
      await expect(ask(newPhone())).rejects.toMatchObject({ code: 'verification-unavailable' });
      const body = { challenge: result.challenge, phoneKey: sms.phoneKey(early), code };
      const check = {
        method: 'POST',
        path: '/private/codes/check',
        body,
        answer: checkCodeAnswer,
        msMax: 5_000,
      } as const;
      await expect(sms.client.call(check)).rejects.toMatchObject({ code: 'verification-unavailable' });
      expect(performance.now() - started).toBeLessThan(4_000);
      expect((await fetch(`${sms.publicUrl}/readyz`)).status).toBe(503);
      expect((await fetch(`${sms.publicUrl}/livez`)).status).toBe(200);
      expect(await sms.client.call(call)).toEqual({
        textIn: { sendTo: null },
        code: { available: false },
        confirmation: { available: false },
      });
      const refused = await refusing;
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toMatch(/^[1-5]$/);
      expect(performance.now() - started).toBeGreaterThan(textKeeperBounds.webhookMsMax - 100);
      expect(await sms.metrics()).toContain('popvote_sms_texts_kept{popvote_service="sms"} 1');

      redis = await startOwnRedis(directory, port);
      expect(await redisReady(sms.redis, 10_000)).toBe(true);
      expect(await redisReady(sms.admin, 10_000)).toBe(true);
      // The refused text was kept.
      await expect.poll(() => sms.admin.hlen(textsKey(sms.phoneKey(phone)))).toBe(1);
      expect((await sendText(sms, phone, '87654321')).status).toBe(202);
      expect(await sms.admin.hlen(textsKey(sms.phoneKey(phone)))).toBe(2);
      expect(Number(await sms.admin.get(textsCompleteKey))).toBeGreaterThan(Date.now() - 60_000);
      await sms.client.call(check);
      await expect.poll(() => sms.client.call(call)).toMatchObject({ textIn: { sendTo: simulatorNumber } });
    } finally {
      await redis.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
