import { inTransaction } from '../../src/database/transaction.js';
import type { RegistryRecord } from '../../src/record/registry-record.js';
import type { RecordKind, RegistryKind } from '../../src/record/registry-kind.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { type EventRig, startEventRig } from './event-rig.js';
import { erased } from '../registry/erased.js';

const REGISTRY: Readonly<Record<RecordKind, RegistryKind>> = {
  individual: 'social',
  group: 'social',
  farmer: 'fr',
  disability: 'dr',
  enrolment: 'ibr',
};

const one = (value: string) => ({ identifiers: [{ type: 'UIN', value }] });

describe('the records that a change concerns', () => {
  let rig: EventRig;
  const codes = new Map<RecordKind, string>();
  beforeEach(async () => {
    rig = await startEventRig();
    const partner = await rig.client('Ministry');
    for (const record of ['individual', 'group', 'farmer', 'disability', 'enrolment'] as const) {
      codes.set(record, await rig.subscribe(partner, { record, registry: REGISTRY[record] }));
    }
  });
  afterEach(() => rig.close());

  /** What each kind of record was told of since the last call, sorted. */
  async function write(...records: RegistryRecord[]): Promise<Partial<Record<RecordKind, string[]>>> {
    const { pool } = rig.database;
    const written = await inTransaction(pool, (client) => writeRecords(client, records, { origin: 'test', erased }));
    expect(written.filter(({ refusal }) => refusal !== null)).toEqual([]);
    await rig.settle();
    await rig.run();
    const told: Partial<Record<RecordKind, string[]>> = {};
    for (const [record, code] of codes) {
      const notifications = await rig.notifications(code);
      const events = notifications.flatMap(({ message }) => message.notify_event.map(({ data }) => data.event));
      if (events.length > 0) told[record] = events.sort();
    }
    await pool.query('delete from deliveries');
    return told;
  }

  const ann: RegistryRecord = { kind: 'individual', ...one('ANN'), givenName: 'Ann' };
  const bob: RegistryRecord = { kind: 'individual', ...one('BOB'), givenName: 'Bob' };
  const household = (...members: string[]): RegistryRecord => ({
    kind: 'group',
    identifiers: [{ type: 'HH', value: 'H-1' }],
    groupKind: 'household',
    members: members.map((member) => ({ person: one(member), role: null })),
  });
  const programme: RegistryRecord = { kind: 'programme', identifier: 'CASH', name: 'Cash' };
  const enrolment = (status: string): RegistryRecord => ({
    kind: 'enrolment',
    person: one('ANN'),
    programme: 'CASH',
    status,
  });

  test('all that is made in one transaction is registered, each record once', async () => {
    const told = await write(
      ann,
      bob,
      household('ANN', 'BOB'),
      { kind: 'farmer', person: one('ANN'), farmSize: 2 },
      { kind: 'disability', person: one('BOB'), status: '1' },
      programme,
      enrolment('1'),
    );
    expect(told).toEqual({
      individual: ['registered', 'registered'],
      group: ['registered'],
      farmer: ['registered'],
      disability: ['registered'],
      enrolment: ['enrolled'],
    });
  });

  test('somebody who joins a household is told of there and for the person', async () => {
    await write(ann, bob, household('ANN'));
    expect(await write(household('ANN', 'BOB'))).toEqual({ individual: ['joined'], group: ['joined'] });
    expect(await write(household('ANN'))).toEqual({ individual: ['updated'], group: ['updated'] });
  });

  test('a death is told of by every record of the person', async () => {
    await write(
      ann,
      household('ANN'),
      { kind: 'farmer', person: one('ANN'), farmSize: 2 },
      { kind: 'disability', person: one('ANN'), status: '1' },
      programme,
      enrolment('1'),
    );
    expect(
      await write({ kind: 'individual', ...one('ANN'), deathDate: { date: '2026-01-01', precision: 'day' } }),
    ).toEqual({
      individual: ['died'],
      group: ['updated'],
      farmer: ['died'],
      disability: ['died'],
      enrolment: ['died'],
    });
  });

  test('a marriage, a parent, a disability and a change of status are told of', async () => {
    await write(ann, bob, programme, enrolment('1'), { kind: 'farmer', person: one('BOB'), farmSize: 2 });
    const marriages = [{ marriedOn: '2020-02-02', divorcedOn: null }];
    expect(await write({ kind: 'individual', ...one('BOB'), marriages })).toEqual({
      individual: ['married'],
      farmer: ['updated'],
    });
    const parents = [{ role: 'father' as const, person: one('BOB') }];
    expect((await write({ kind: 'individual', ...one('ANN'), parents })).individual).toEqual(['updated', 'updated']);
    expect(await write({ kind: 'disability', person: one('BOB'), status: '1' })).toEqual({
      individual: ['updated'],
      disability: ['registered'],
    });
    expect(await write(enrolment('4'))).toEqual({ enrolment: ['enrolment_status_changed'] });
    expect(await write(enrolment('4'))).toEqual({});
  });
});
