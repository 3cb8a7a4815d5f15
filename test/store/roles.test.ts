// What each service's role may do in each database: the functions of its job, and nothing else. Everything else is tried.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { databases as databaseNames } from '../../src/store/connecting/migration-files.ts';
import type { DatabaseName } from '../../src/store/connecting/migration-files.ts';
import { viewerRole } from '../../src/store/administration.ts';
import { migrate } from '../../src/store/migrate.ts';
import { sqlState } from '../../src/store/certain-query.ts';
import { createDatabases, rolePassword } from '../support/database.ts';

const roles = [
  'popvote_ballots',
  'popvote_mixer',
  'popvote_elections',
  'popvote_access',
  'popvote_worker',
  'popvote_log',
] as const;
const granted: Record<DatabaseName, Partial<Record<(typeof roles)[number], readonly string[]>>> = {
  intake: {
    popvote_ballots: [
      'accept_loss',
      'accepted_losses',
      'active_mixer_keys',
      'add_roll',
      'amend_election',
      'annotate_election',
      'cast_ballots',
      'cast_ballots',
      'close_election',
      'compare_marks',
      'count_hourly_keys',
      'count_intake',
      'create_election',
      'find_election',
      'interrupted_elections',
      'keep_closing_statement',
      'look_up_roll',
      'missing_mark_of',
      'open_election_keys',
      'participant_hashes',
      'publication_of',
      'publication_page',
      'publications',
      'remove_roll',
      'schema_version',
      'set_publication',
      'set_times',
      'take_mark',
      'take_roll_try',
    ],
    popvote_mixer: [
      'active_mixer_keys',
      'add_mixer_key',
      'choose_batch',
      'chosen_batch',
      'count_elections',
      'destroyed_mixer_keys',
      'finish_batch',
      'interrupted_elections',
      'mixable',
      'mixer_keys',
      'note_shredded',
      'note_statement_recorded',
      'release_mixer_lock',
      'retire_mixer_key',
      'schema_version',
      'take_mixer_lock',
      'wait_for_casts',
      'waiting_closing_statements',
    ],
  },
  box: {
    popvote_mixer: [
      'count_ballots',
      'deposit_online',
      'deposit_online',
      'forget_mixer_report',
      'keep_mixer_report',
      'log_of',
      'record_intake_closing',
      'schema_version',
    ],
    popvote_elections: [
      'add_heads',
      'all_entries',
      'batch_rows',
      'close_box',
      'confirm_batch',
      'count_ballots',
      'count_batches',
      'count_repeated',
      'count_stations',
      'final_log',
      'incomplete_batches',
      'last_logged_head',
      'list_batches',
      'list_invalid_ballots',
      'list_ledger',
      'list_log_reports',
      'list_mixer_reports',
      'log_of',
      'missing_in_box',
      'next_batch_to_verify',
      'online_openings',
      'open_head_log',
      'open_log',
      'placed_entries',
      'release_openings',
      'repeated_entries',
      'schema_version',
      'set_aside_batch',
      'tally_ballots',
      'withdraw_batch',
      'wrong_entries',
    ],
    // Of two functions with one name, the first is for earlier code.
    popvote_worker: [
      'batch_invalid_rows',
      'claim_ballot_ids',
      'decided_batches',
      'deposit_batch_rows',
      'deposit_batch_rows',
      'deposit_batch_rows',
      'find_batch',
      'log_of',
      'recent_batches',
      'register_batch',
      'register_batch',
      'register_batch',
      'schema_version',
      'withdrawn_batches',
    ],
    popvote_log: [
      'forget_log_report',
      'keep_log_report',
      'list_logs',
      'log_entries',
      'log_openings',
      'log_take',
      'release_log_lock',
      'repeated_entries',
      'schema_version',
      'take_log_lock',
    ],
  },
  elections: {
    popvote_elections: [
      'act_has_second_factor',
      'acts_of',
      'add_page_files',
      'add_signed_head',
      'append_access_act',
      'append_audit',
      'apply_roll',
      'apply_roll',
      'archived',
      'audit_chain',
      'audit_head',
      'begin_roll_upload',
      'begin_roll_upload',
      'cancel_act',
      'change_draft',
      'claim_turnout',
      'complete_pending',
      'confirm_proposal',
      'correct_participation',
      'count_activation',
      'count_current',
      'count_roll',
      'count_sealed_numbers',
      'count_uses',
      'create_election',
      'create_participant',
      'delete_draft',
      'delete_participant',
      'destroy_rolls',
      // Also as the release before calls it.
      'due_elections',
      'due_elections',
      'elections_of',
      'end_roll_upload',
      'enrol_device',
      'find_act',
      'find_election',
      'find_lifecycle',
      'find_participants',
      'find_result',
      'find_settings',
      'finish_act',
      'finish_closing',
      'head_due',
      'hold_roll',
      'keep_mark',
      'kept_mark_of',
      'key_uses',
      'last_access_act',
      'last_rehearsal',
      'leave_missing',
      'list_activations',
      'list_audit',
      'list_devices',
      'list_elections',
      'list_participants',
      'list_roll',
      'list_signed_heads',
      'missing_in_upload',
      'newest_page_files',
      'note_kept',
      'note_turnout',
      'overlapping',
      'overlaps',
      'page_elections',
      'propose_act',
      'propose_amendment',
      'propose_annotation',
      'propose_announcement',
      'propose_announcement',
      'propose_end',
      'publish_result',
      'published_parts',
      'published_revisions',
      'read_destruction',
      'read_manifest',
      'reject_proposal',
      'release_act',
      'release_roll',
      'rename_participant',
      'retime_closing',
      'revoke_device',
      // With and without how its author signed in.
      'schedule_act',
      'schedule_act',
      'schema_version',
      'search_elections',
      'seen_proposals',
      'served_publications',
      'set_one_at_a_time',
      'settle_roll',
      'stage_roll',
      'stamp_pending',
      'store_closing',
      'store_count',
      'store_destruction',
      'store_lots',
      'store_turnout',
      'take_due_acts',
      'take_due_acts_with_parameters',
      'take_off_roll',
      'take_off_roll',
      'turnout_history',
      'unsettled_roll',
      'unsettled_rolls',
      'withdraw_pending',
    ],
  },
  access: {
    popvote_access: [
      'add_passkey',
      // With and without the second factor.
      'begin_session',
      'begin_session',
      'begin_user_act',
      // With and without names and the address.
      'change_user',
      'change_user',
      'confirm_second_factor',
      'count_confirmers',
      'count_factors',
      'create_administrator',
      'create_invitation',
      'delete_user',
      'end_own_sessions',
      'end_session',
      'end_sessions_of_user',
      'find_factors',
      'find_identity',
      'find_login',
      'find_password',
      'find_second_factor',
      'find_session',
      'find_user',
      'issue_one_time_password',
      'list_acts',
      'list_invitations',
      'list_passkeys',
      'list_sealed',
      'list_sessions',
      'list_users',
      'offer_second_factor',
      'propose_user_act',
      'recent_revocations',
      'record_act',
      'refresh_session',
      'refresh_session_with_factor',
      'register_person',
      'register_user',
      'remove_authenticator',
      'remove_passkey',
      'remove_second_factor',
      'renew_factor',
      'renew_identity',
      'schema_version',
      'set_challenge',
      'set_password',
      'suspend_administrator',
      'take_challenge',
      'take_code',
      'take_passkey',
      'take_proposal',
      'take_recovery_code',
      'user_proposals',
      'withdraw_invitation',
      'withdraw_proposal',
    ],
  },
};

// Migrated for themselves and not cloned: what a database grants to everybody is not copied from a template.
const names = Object.fromEntries(
  databaseNames.map((name) => [name, `t_roles_${name}_${Math.random().toString(36).slice(2, 10)}`]),
) as Record<DatabaseName, string>;
const urlOf = (database: string, role?: string): string => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  if (role) [url.username, url.password] = [role, rolePassword(role)];
  return url.href;
};

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
/** The SQLSTATE of a rejected statement, or 'allowed'. The statement is rolled back. */
async function sqlStateOf(client: pg.Client, text: string): Promise<string> {
  await client.query('begin');
  try {
    await client.query(text);
    return 'allowed';
  } catch (error) {
    return sqlState(error) ?? 'broken';
  } finally {
    await client.query('rollback');
  }
}

beforeAll(async () => {
  // Gives the roles their passwords.
  await (await createDatabases(databaseNames))[Symbol.asyncDispose]();
  for (const name of databaseNames) {
    await withClient(inject('postgresUrl'), (client) => client.query(`create database ${names[name]}`));
    await migrate(name, urlOf(names[name]));
  }
});
afterAll(async () => {
  for (const name of databaseNames) {
    await withClient(inject('postgresUrl'), (client) => client.query(`drop database ${names[name]} with (force)`));
  }
});

type Found = { name: string; call: string; view: boolean };
const listed = async (database: DatabaseName, text: string): Promise<Found[]> =>
  withClient(urlOf(names[database]), async (client) => (await client.query<Found>(text)).rows);
const tables = (database: DatabaseName): Promise<Found[]> =>
  listed(
    database,
    `select format('%I.%I', c.relnamespace::regnamespace, c.relname) as name, c.relkind = 'v' as view from pg_class c where c.relnamespace in
    ('pv'::regnamespace, 'public'::regnamespace) and c.relkind in ('r', 'p', 'v') order by 1`,
  );
const functions = (database: DatabaseName): Promise<Found[]> =>
  listed(
    database,
    `select p.proname as name, format('select pv.%I(%s)', p.proname,
       (select string_agg('null::' || format_type(t, null), ', ') from unnest(p.proargtypes) t)) as call
     from pg_proc p where p.pronamespace = 'pv'::regnamespace and p.prorettype <> 'trigger'::regtype order by 1`,
  );

describe.each(databaseNames.flatMap((database) => roles.map((role) => ({ database, role }))))(
  '$role in $database',
  ({ database, role }) => {
    const mine = granted[database][role];

    test.runIf(!mine)('The role cannot connect', async () => {
      const error = await withClient(urlOf(names[database], role), () => Promise.resolve()).catch(
        (cause: unknown) => cause,
      );
      expect(sqlState(error)).toBe('42501');
    });

    test.runIf(mine)('The role may execute exactly the functions of its job', async () => {
      const all = await functions(database);
      expect(all.length).toBeGreaterThan(1);
      await withClient(urlOf(names[database], role), async (client) => {
        const allowed: string[] = [];
        for (const { name, call } of all) {
          // With nulls for arguments most are refused for them; who may not execute is refused with 42501.
          if ((await sqlStateOf(client, call)) !== '42501') allowed.push(name);
        }
        expect(allowed).toEqual(mine);
      });
    });

    test.runIf(mine)('The role may touch no table in any way', async () => {
      await withClient(urlOf(names[database], role), async (client) => {
        const all = await tables(database);
        expect(all.length).toBeGreaterThan(1);
        for (const { name, view } of all) {
          for (const verb of [
            `select count(*) from ${name}`,
            `insert into ${name} default values`,
            `update ${name} set ctid = ctid`,
            `delete from ${name}`,
            `truncate ${name}`,
            `lock table ${name} in access exclusive mode`,
            `copy ${name} to stdout`,
            `alter table ${name} disable trigger all`,
            `drop table ${name}`,
            `create trigger t before insert on ${name} for each row execute function pv.refuse_change()`,
            `create index on ${name} ((1))`,
          ]) {
            // A column that the system owns is rejected with its own code, before rights are checked, and so is a
            // change of a view that cannot be changed. Reading is a matter of rights alone.
            const impossible = view ? ['55000', '42809', '42703'] : [];
            const rejected = /^select|^copy/.test(verb) ? ['42501'] : ['42501', '0A000', ...impossible];
            expect(rejected, verb).toContain(await sqlStateOf(client, verb));
          }
        }
      });
    });

    test.runIf(mine)('The role may not reach around its functions', async () => {
      await withClient(urlOf(names[database], role), async (client) => {
        for (const text of [
          `copy (select 1) to program 'true'`,
          `copy (select 1) to '/tmp/popvote-copied'`,
          `create temp table t (line text); copy t from program 'id'`,
          `select pg_read_file('/etc/passwd')`,
          `select pg_read_binary_file('PG_VERSION')`,
          `select pg_ls_dir('.')`,
          `select lo_import('/etc/passwd')`,
          `select lo_create(0)`,
          `select lo_creat(0)`,
          `select lo_from_bytea(0, 'x')`,
          `set role popvote_owner`,
          `set role postgres`,
          ...roles.filter((other) => other !== role).map((other) => `set role ${other}`),
          `set session authorization postgres`,
          `set session_replication_role = replica`,
          `create schema mine`,
          `create table public.mine (a int)`,
          `create function public.mine() returns int language sql as 'select 1'`,
          `create function pv.mine() returns int language sql as 'select 1'`,
          `create temp table participation (a int)`,
          `create extension dblink schema pv`,
          // Databases that several roles use: a role could stop another one.
          ...(database === 'intake' || database === 'box'
            ? [`select pg_advisory_lock(20260001, 0)`, `select pg_try_advisory_xact_lock_shared(1)`]
            : []),
          `alter role ${role} superuser`,
          `alter role popvote_owner login`,
          `alter function pv.refuse_change() security definer`,
          `grant popvote_owner to ${role}`,
          `select * from pg_authid`,
          `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'`,
        ]) {
          expect(['42501', '0LP01'], text).toContain(await sqlStateOf(client, text));
        }
        // Not possible in the transaction that the others are tried in.
        const error = await client.query(`alter system set log_statement = 'all'`).catch((cause: unknown) => cause);
        expect(sqlState(error)).toBe('42501');
      });
    });

    test.runIf(mine)('The role cannot slip other tables under a function by its search path', async () => {
      await withClient(urlOf(names[database]), async (client) => {
        const { rows } = await client.query<{
          proname: string;
          config: string[] | null;
          owner: string;
          definer: boolean;
        }>(
          `select p.proname, p.proconfig as config, r.rolname as owner, p.prosecdef as definer
           from pg_proc p join pg_roles r on r.oid = p.proowner where p.pronamespace = 'pv'::regnamespace`,
        );
        for (const { proname, config, owner, definer } of rows) {
          expect(config, proname).toContain('search_path=pg_catalog, pg_temp');
          expect(owner).toBe('popvote_owner');
          expect(definer).toBe(proname !== 'refuse_change');
        }
      });
    });
  },
);

/** The columns that people who look at a database can read, and all of them: no ballot, tag, key, name or text. */
const viewed: Readonly<Partial<Record<DatabaseName, Readonly<Record<string, string>>>>> = {
  intake: {
    view_closing_statements: 'election_id recorded',
    view_elections: 'closes_at election_id grace min_batch online opens_at rehearsal revision scheme state',
    view_hourly_keys: 'created_at kid state',
    view_losses: 'election_id losses state',
  },
  box: {
    view_batches:
      'accepted_at again batch_id batch_no confirmed_at election_id needs_confirmation set_aside_at station withdrawn_at',
    view_closed_boxes: 'election_id',
    view_logs: 'election_id min_batch online_disclosed origin',
    view_reports: 'instance reported_at service',
  },
  elections: {
    view_audit: 'act at number object_kind',
    view_elections:
      'announced_at changed_at closes_at created_at election_id number opens_at pending_act rehearsal state version',
    view_planned_acts: 'act code due_at election_id finished_at requested_at state',
    view_record_heads: 'number signed_at',
    view_results: 'election_id made_at published_at revision',
  },
};

describe.each(databaseNames)('The role popvote_viewer in %s', (database) => {
  const columns = viewed[database];

  test.runIf(!columns)('The role cannot connect where only secrets are', async () => {
    const connecting = withClient(urlOf(names[database], viewerRole), () => Promise.resolve());
    expect(sqlState(await connecting.catch((cause: unknown) => cause))).toBe('42501');
  });

  test.runIf(columns)('The role reads exactly the columns of its views', async () => {
    const readable = await listed(
      database,
      `select c.relname as name, string_agg(a.attname, ' ' order by a.attname collate "C") as call
       from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace in ('pv'::regnamespace, 'public'::regnamespace) and a.attnum > 0 and c.relkind in ('r', 'p', 'v')
         and has_column_privilege('${viewerRole}', c.oid, a.attnum, 'select') group by 1`,
    );
    expect(Object.fromEntries(readable.map(({ name, call }) => [name, call]))).toEqual(columns);
    await withClient(urlOf(names[database], viewerRole), async (client) => {
      for (const view of Object.keys(columns!))
        expect((await client.query(`select * from pv.${view}`)).rows).toEqual([]);
    });
  });

  test.runIf(columns)('The role has limits on statements and on transactions in which it does nothing', async () => {
    await withClient(urlOf(names[database], viewerRole), async (client) => {
      const { rows } = await client.query<{ name: string; setting: string }>(
        `select name, setting from pg_settings
         where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`,
      );
      expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
        statement_timeout: '10000',
        lock_timeout: '1000',
        idle_in_transaction_session_timeout: '10000',
      });
    });
  });

  test.runIf(columns)(
    'The role reads no table, changes nothing and calls no function, also with a transaction of its own',
    async () => {
      const all = (await tables(database)).filter(({ name }) => !name.startsWith('pv.view_'));
      const calls = (await functions(database)).map(({ call }) => call);
      const changes = Object.keys(columns!).flatMap((view) => [
        `insert into pv.${view} default values`,
        `delete from pv.${view}`,
        `select * from pv.${view} for update`,
      ]);
      await withClient(urlOf(names[database], viewerRole), async (client) => {
        const { rows } = await client.query<{ default_transaction_read_only: string }>(
          'show default_transaction_read_only',
        );
        expect(rows[0]?.default_transaction_read_only).toBe('on');
        await client.query('set default_transaction_read_only = off');
        const reads = all.flatMap(({ name }) => [`select count(*) from ${name}`, `copy ${name} to stdout`]);
        for (const text of [
          ...reads,
          ...calls,
          ...changes,
          'select pg_advisory_lock(20260401)',
          'set role popvote_owner',
        ])
          expect(['42501', '55000', '0A000'], text).toContain(await sqlStateOf(client, text));
        for (const text of [...reads, ...calls])
          expect([text, await sqlStateOf(client, text)]).toEqual([text, '42501']);
      });
    },
  );
});

describe('The recorded rows', () => {
  test.each<['intake' | 'box', string]>([
    ['intake', `update pv.participation set phone_tag = voter_tag`],
    ['intake', `delete from pv.participation`],
    ['intake', `truncate pv.participation`],
    ['intake', `update pv.outbox set sealed = sealed`],
    ['intake', `truncate pv.outbox`],
    ['box', `update pv.ballot set ballot = '{}'`],
    ['box', `delete from pv.ballot`],
    ['box', `truncate pv.ballot`],
    ['box', `update pv.entry set content = cast_tag`],
    ['box', `delete from pv.entry`],
    ['box', `truncate pv.entry`],
    ['box', `update pv.leaf set leaf_index = 7`],
    ['box', `delete from pv.leaf`],
    ['box', `truncate pv.leaf`],
    ['box', `update pv.log set origin = 'other'`],
    ['box', `delete from pv.log`],
    ['box', `update pv.unlogged set channel = 2`],
    ['box', `delete from pv.unlogged where cast_tag = sha256('waiting')`],
    ['box', `truncate pv.unlogged`],
    ['box', `delete from pv.released_openings`],
  ])('In %s "%s" is refused to the owner and to a superuser', async (database, text) => {
    const fill = {
      intake: `insert into pv.participation select 'e', sha256('v'), sha256('p'), sha256('a');
        insert into pv.outbox (election_id, sealed) select 'e', decode(repeat('00', 256), 'hex')`,
      box: `insert into pv.ballot values (sha256('t'), 'e', 'online', '{}');
        insert into pv.log values (default, 'e', 'o', sha256('m'), '{}', 50, false);
        insert into pv.entry select sha256(tag), (select election_no from pv.log), 0, 1, sha256(tag), sha256('c'),
          sha256('s') || sha256('s') from unnest(array['placed', 'waiting']::bytea[]) tag;
        insert into pv.leaf select election_no, 0, sha256('placed') from pv.log;
        insert into pv.unlogged select election_no, 1, sha256('waiting') from pv.log;
        insert into pv.released_openings select election_no from pv.log`,
    }[database];
    await withClient(urlOf(names[database]), async (client) => {
      for (const role of ['postgres', 'popvote_owner']) {
        expect(await sqlStateOf(client, `${fill}; set local role ${role}; ${text}`), role).toBe('42501');
      }
    });
  });

  test('No column of participation, outbox, mixing or box can hold a time or a sequence', async () => {
    for (const database of ['intake', 'box'] as const) {
      const columns = await listed(
        database,
        `select c.relname || '.' || a.attname as name, format_type(a.atttypid, null) || coalesce(' ' ||
           pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text as call
         from pg_attribute a join pg_class c on c.oid = a.attrelid
         left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         where c.relnamespace = 'pv'::regnamespace and c.relkind = 'r' and a.attnum > 0
           and c.relname in ('participation', 'outbox', 'mixing', 'ballot', 'entry', 'unlogged') order by 1`,
      );
      const kinds = new Set(columns.map(({ call }) => call));
      expect([...kinds].sort()).toEqual(
        database === 'box'
          ? ['bytea', 'integer', 'smallint', 'text']
          : ['bytea', 'text', 'uuid', 'uuid gen_random_uuid()'],
      );
    }
  });
});
