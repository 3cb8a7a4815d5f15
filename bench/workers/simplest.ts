// The peer of the simple bench: the simplest thing that answers a voter's four requests. One Fastify process, sessions in a
// Map, one `insert` for each ballot. It has no sealed sessions, no proofs, no walls, no receipts to verify, no limits, no
// mixing, and forgets every session when it ends.
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { FastifyReply } from 'fastify';
import pg from 'pg';
import { serveCommands } from '../harness/child.ts';

/** Connections to the database: as many as `ballots` has for casts at once, and room for more. */
const connectionsMax = 16;

type Session = { readonly token: string; voter: string; phone: string; verified: boolean; waiting?: FastifyReply };

serveCommands({
  async listen({ databaseUrl }: { databaseUrl: string }): Promise<number> {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: connectionsMax });
    await pool.query('create table ballot (voter text primary key, phone text unique, ballot jsonb not null)');
    const byToken = new Map<string, Session>();
    const byCode = new Map<string, Session>();
    const app = fastify();
    const sessionOf = (authorization: string | undefined): Session | undefined =>
      byToken.get(authorization?.slice('Bearer '.length) ?? '');

    app.post<{ Body: { identity: { number: string }; phone: string } }>('/v1/sessions', async (request, reply) => {
      const { identity, phone } = request.body;
      const session = { token: randomBytes(24).toString('base64url'), voter: identity.number, phone, verified: false };
      const code = randomBytes(6).toString('hex');
      byToken.set(session.token, session);
      byCode.set(code, session);
      return reply.code(201).send({ token: session.token, verification: { code, sendTo: '+85255550100' } });
    });
    app.get('/v1/sessions/current', (request, reply) => {
      const session = sessionOf(request.headers.authorization);
      if (!session) return void reply.code(401).send({ code: 'unknown' });
      if (session.verified) return void reply.send({ state: 'verified', token: session.token });
      session.waiting = reply;
    });
    app.post<{ Body: { data: { from: string; body: string } } }>('/webhooks/webhook', async (request, reply) => {
      const { from, body } = request.body.data;
      const session = byCode.get(body);
      if (session?.phone === from) {
        session.verified = true;
        session.waiting?.send({ state: 'verified', token: session.token });
      }
      return reply.code(202).send({ accepted: true });
    });
    app.post<{ Body: { ballot: unknown } }>('/v1/ballots', async (request, reply) => {
      const session = sessionOf(request.headers.authorization);
      if (session?.verified !== true) return reply.code(401).send({ code: 'unknown' });
      const { rowCount } = await pool.query({
        name: 'cast',
        text: 'insert into ballot values ($1, $2, $3) on conflict do nothing',
        values: [session.voter, session.phone, JSON.stringify(request.body.ballot)],
      });
      if (rowCount !== 1) return reply.code(409).send({ code: 'already-voted' });
      return reply.code(201).send({ receipt: randomBytes(16).toString('base64url') });
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return (app.server.address() as AddressInfo).port;
  },
});
