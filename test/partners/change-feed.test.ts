import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createPool } from '../../src/database/pool.js';
import { followChanges } from '../../src/partners/subscriptions/change-feed.js';
import { inTransaction } from '../../src/database/transaction.js';
import { EVENT_WORDS, type EventWord } from '../../src/record/event-word.js';
import type { AccessDocument } from '../../src/security/access-document.js';
import type { Filter } from '../../src/record/filter.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { type EventRig, startEventRig } from './event-rig.js';
import { erased } from '../registry/erased.js';

const named = (name: string): Filter => ({
  kind: 'compare',
  attribute: 'given_name',
  operator: 'eq',
  values: [name],
});

describe('the feed of changes', () => {
  let rig: EventRig;
  let partner: string;
  beforeEach(async () => {
    rig = await startEventRig();
    partner = await rig.client('Ministry');
  });
  afterEach(() => rig.close());

  const sql = (text: string, values: unknown[] = []) => rig.database.pool.query<{ id: string }>(text, values);

  const PLACE = '00000000-0000-4000-8000-0000000000a1';
  const limit = (apiClientId: string, access: AccessDocument) =>
    sql('update api_clients set access = $2 where id = $1', [apiClientId, access]);
  /** The people of this name live there from now on. */
  const settle = (givenName: string) =>
    sql(
      `with place as (
         insert into locations (id, name, type) values ($1, 'Lusaka', 'province') on conflict (id) do nothing
       ), above as (
         insert into location_ancestors (location_id, ancestor_id, depth) values ($1, $1, 0) on conflict do nothing
       )
       update individuals set home_location_id = $1 where given_name = $2`,
      [PLACE, givenName],
    );

  test('who subscribed is told of a person who is registered, changed and dies, each once', async () => {
    const code = await rig.subscribe(partner);
    const ids = await rig.register('Ann');
    await rig.run();
    await sql(`update individuals set family_name = 'Kabwe' where id = any($1)`, [ids]);
    await rig.change(ids, 'updated', ['familyName']);
    await rig.run();
    await sql(
      `update individuals set deceased = true, death_date = '2026-01-01', death_date_precision = 'day' where id = any($1)`,
      [ids],
    );
    await rig.change(ids, 'updated', ['deathDate', 'deceased']);
    await rig.run();
    await rig.run();
    expect(await rig.told(code)).toEqual(['registered Ann', 'updated Ann', 'died Ann']);
    const [first] = await rig.notifications(code);
    expect(first).toMatchObject({
      header: { action: 'notify', meta: { subscription_code: code }, receiver_id: 'partner.example.org' },
      message: { transaction_id: 't-1' },
    });
  });

  test.each<[string, readonly EventWord[]]>([
    ['REGISTER', ['registered', 'enrolled']],
    ['*', EVENT_WORDS],
  ])('a new enrolment is told once to who asked for %s', async (_, events) => {
    const code = await rig.subscribe(partner, { registry: 'ibr', record: 'enrolment', events });
    await inTransaction(rig.database.pool, (client) =>
      writeRecords(
        client,
        [
          { kind: 'individual', identifiers: [{ type: 'UIN', value: '1' }], givenName: 'Ann' },
          { kind: 'programme', identifier: 'CASH' },
          { kind: 'enrolment', programme: 'CASH', person: { identifiers: [{ type: 'UIN', value: '1' }] }, status: '1' },
        ],
        { origin: 'test', erased },
      ),
    );
    await rig.settle();
    await rig.run();
    await rig.run();
    expect(await rig.told(code)).toEqual(['enrolled Ann']);
    expect(await rig.notifications(code)).toMatchObject([
      { message: { notify_event: [{ data: { reg_event_type: 'enrollement' } }] } },
    ]);
  });

  test('what was there before somebody subscribed is not told', async () => {
    await rig.register('Early');
    const code = await rig.subscribe(partner);
    await rig.register('Late');
    await rig.run();
    expect(await rig.told(code)).toEqual(['registered Late']);
  });

  test('a change whose transaction began before somebody subscribed and ended after is told', async () => {
    const writer = new Client(rig.database.url);
    await writer.connect();
    await writer.query('begin');
    const { rows } = await writer.query<{ id: string }>(
      `insert into individuals (given_name) values ('Slow') returning id`,
    );
    await writer.query(
      `insert into changes (subject, subject_id, kind, origin) values ('individual', $1, 'created', 'sql')`,
      [rows[0]?.id],
    );
    const code = await rig.subscribe(partner);
    await sql(
      `with made as (insert into individuals (given_name) values ('Quick') returning id)
       insert into changes (subject, subject_id, kind, origin) select 'individual', id, 'created', 'sql' from made`,
    );
    await rig.run();
    expect(await rig.told(code)).toEqual([]);
    await writer.query('commit');
    await writer.end();
    await rig.settle();
    await rig.run();
    expect((await rig.told(code)).sort()).toEqual(['registered Quick', 'registered Slow']);
  });

  test('where nobody listens the position moves past what is settled in one step', async () => {
    await sql(`insert into changes (subject, subject_id, kind, origin)
      select 'individual', gen_random_uuid(), 'created', 'sql' from generate_series(1, 12000)`);
    await rig.settle();
    rig.database.statements.length = 0;
    await followChanges(rig.context, rig.feedId);
    expect(rig.database.statements.length).toBeLessThan(6);
    const { rows } = await sql(`select f.id from change_feed f where f.change_id = (select max(id) from changes)`);
    expect(rows).toHaveLength(1);
  });

  test('each hears what fits the filter, and whom it may see', async () => {
    const second = await rig.client('Bureau');
    const [anns, bobs, nobody, all, blind] = [
      await rig.subscribe(partner, { filter: named('Ann') }),
      await rig.subscribe(partner, { filter: named('Bob'), events: ['registered'] }),
      await rig.subscribe(partner, { filter: { kind: 'or', filters: [] } }),
      await rig.subscribe(partner),
      await rig.subscribe(second),
    ];
    await limit(second, { rows: { within: [PLACE] } });
    await rig.register('Ann', 'Bob', 'Cleo');
    await settle('Bob');
    await rig.run();
    expect(await rig.told(anns)).toEqual(['registered Ann']);
    expect(await rig.told(bobs)).toEqual(['registered Bob']);
    expect(await rig.told(nobody)).toEqual([]);
    expect((await rig.told(all)).sort()).toEqual(['registered Ann', 'registered Bob', 'registered Cleo']);
    expect(await rig.told(blind)).toEqual(['registered Bob']);
  });

  test('who may no longer see a person when the message is made is not told', async () => {
    const code = await rig.subscribe(partner);
    await rig.register('Ann', 'Bob');
    await followChanges(rig.context, rig.feedId);
    await settle('Bob');
    await limit(partner, { rows: { within: [PLACE] } });
    await rig.run();
    expect(await rig.told(code)).toEqual(['registered Bob']);
    const { rows } = await sql('select id from events where told_at is null');
    expect(rows).toEqual([]);
  });

  test('a filter that names an attribute which is gone, or is held otherwise now, fits nobody', async () => {
    const gone: Filter = {
      kind: 'compare',
      attribute: {
        name: 'shoe_size',
        of: 'individual',
        type: 'number',
        column: 'attributes',
        path: ['shoe_size'],
        list: false,
      },
      operator: 'gt',
      values: [1],
    };
    const code = await rig.subscribe(partner, { filter: gone });
    const negated = await rig.subscribe(partner, { filter: { kind: 'not', filter: gone } });
    const [id] = await rig.register('Ann');
    await sql(`update individuals set attributes = '{"shoe_size": 40}' where id = $1`, [id]);
    await rig.run();
    expect(await rig.told(code)).toEqual([]);
    expect(await rig.told(negated)).toEqual([]);
  });

  test('a filter that cannot be asked any more holds nobody else up', async () => {
    const broken: Filter = { kind: 'compare', attribute: 'birth_date', operator: 'eq', values: ['yesterday'] };
    const mute = await rig.subscribe(partner, { filter: broken });
    const code = await rig.subscribe(partner);
    await rig.register('Ann');
    await rig.run();
    expect(await rig.told(mute)).toEqual([]);
    expect(await rig.told(code)).toEqual(['registered Ann']);
    expect(rig.logLines.join('')).toContain('a filter can no longer be asked');
  });

  test('a subscription that ended, one of a revoked client and one whose client may no longer subscribe hear nothing', async () => {
    const clients = await Promise.all(['Ended', 'Revoked', 'Demoted'].map((name) => rig.client(name)));
    const codes: string[] = [];
    for (const client of clients) codes.push(await rig.subscribe(client));
    const heard = await rig.subscribe(partner);
    // Noted for all of them, but not told yet.
    await rig.register('Ann');
    await followChanges(rig.context, rig.feedId);
    await sql(`update subscriptions set state = 'ended' where code = $1`, [codes[0]]);
    await sql(`update api_clients set state = 'revoked' where id = $1`, [clients[1]]);
    await sql(`update api_clients set scopes = '{registry.search}' where id = $1`, [clients[2]]);
    await rig.register('Bob');
    await rig.run();
    for (const code of codes) expect(await rig.told(code)).toEqual([]);
    expect(await rig.told(heard)).toEqual(['registered Ann', 'registered Bob']);
    const { rows } = await sql(`select id from subscriptions where state = 'active'`);
    expect(rows).toHaveLength(1);
  });

  test('what happened before the start or after the end is not told', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    const yesterday = new Date(Date.now() - 86_400_000);
    const early = await rig.subscribe(partner, { startsAt: tomorrow });
    const late = await rig.subscribe(partner, { endsAt: yesterday });
    const open = await rig.subscribe(partner, { startsAt: yesterday, endsAt: tomorrow });
    await rig.register('Ann');
    await rig.run();
    expect(await rig.told(early)).toEqual([]);
    expect(await rig.told(late)).toEqual([]);
    expect(await rig.told(open)).toEqual(['registered Ann']);
    const { rows } = await sql(`select code as id from subscriptions where state = 'ended'`);
    expect(rows.map(({ id }) => id)).toEqual([late]);
  });

  test('a schedule collects what happens until its time comes, and what is left when it ends', async () => {
    const endsAt = new Date(Date.now() + 3_600_000);
    const code = await rig.subscribe(partner, { cron: '0 6 1 1 *', endsAt });
    await rig.register('Ann');
    await rig.run();
    await rig.register('Bob');
    await rig.run();
    expect(await rig.told(code)).toEqual([]);
    const due = await sql('select next_due_at as id from subscriptions where next_due_at = $1', [endsAt]);
    expect(due.rows).toHaveLength(1);
    await sql('update subscriptions set next_due_at = now()');
    await rig.run();
    expect(await rig.told(code)).toEqual(['registered Ann', 'registered Bob']);
    expect(await rig.notifications(code)).toHaveLength(1);
  });

  test('what happened before the end is told after it, when the feed comes to it', async () => {
    const code = await rig.subscribe(partner, { endsAt: new Date(Date.now() + 3_600_000) });
    await rig.register('Ann');
    await sql('update subscriptions set ends_at = clock_timestamp(), next_due_at = clock_timestamp()');
    await rig.register('Bob');
    await rig.run();
    expect(await rig.told(code)).toEqual(['registered Ann']);
    const { rows } = await sql(`select id from subscriptions where state = 'active'`);
    expect(rows).toEqual([]);
  });

  test('more events than one message holds come in several', async () => {
    const code = await rig.subscribe(partner);
    await rig.register(...Array.from({ length: 250 }, (_, index) => `Person ${String(index)}`));
    await rig.run();
    const sizes = (await rig.notifications(code)).map(({ message }) => message.notify_event.length);
    expect(sizes).toEqual([100, 100, 50]);
    expect(new Set(await rig.told(code)).size).toBe(250);
  });

  test('ten subscriptions with different filters over 1,000 changes take a fixed number of statements', async () => {
    const codes: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      codes.push(await rig.subscribe(partner, { filter: named(`Name ${String(index)}`) }));
    }
    const count = async (people: number): Promise<number> => {
      await rig.register(...Array.from({ length: people }, (_, index) => `Name ${String(index % 20)}`));
      rig.database.statements.length = 0;
      await followChanges(rig.context, rig.feedId);
      return rig.database.statements.length;
    };
    const few = await count(40);
    const many = await count(1000);
    // The one more sends the job that reads on: the batch was full.
    expect(many).toBeLessThanOrEqual(few + 2);
    expect(many).toBeLessThan(20);
    const { rows } = await sql('select subscription_id as id, count(*) from events group by 1');
    expect(rows).toHaveLength(10);
    await rig.run();
    for (const code of codes) expect(await rig.told(code)).toHaveLength(52);
  });

  test('a gateway that is killed at any of its steps loses nothing and tells nothing twice', async () => {
    const code = await rig.subscribe(partner);
    const expected: string[] = [];
    for (let step = 1; ; step += 1) {
      await rig.register(`Person ${String(step)}`);
      expected.push(`registered Person ${String(step)}`);
      let statements = 0;
      const dying = createPool(rig.database.url, {
        onStatement: () => {
          statements += 1;
          // Nothing is said to the database any more, not even that it shall roll back.
          if (statements >= step) throw new Error('killed');
        },
      });
      const survived = await rig.run(dying).then(
        () => true,
        () => false,
      );
      await dying.end();
      await rig.run();
      if (survived) break;
    }
    expect(expected.length).toBeGreaterThan(15);
    expect(await rig.told(code)).toEqual(expected);
  });

  test('two gateways that follow at once tell each event once', async () => {
    const code = await rig.subscribe(partner);
    const names = Array.from({ length: 300 }, () => randomUUID());
    await rig.register(...names.slice(0, 150));
    await rig.register(...names.slice(150));
    await Promise.all([rig.run(), rig.run(), rig.run()]);
    expect((await rig.told(code)).sort()).toEqual(names.map((name) => `registered ${name}`).sort());
  });
});
