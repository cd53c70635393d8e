import { type PoolClient } from 'pg';
import { type IndividualRecord } from '../../record/individual-record.js';
import { identifierKey } from '../../record/individual.js';
import { change, writeChanges } from '../../registry/write-changes.js';
import { type About } from '../../registry/write-sources/write-outcome.js';

/** Parents of the child in the place that the record gives to somebody else, but for those whom the record names too. */
const REMOVE_TIES = {
  name: 'conflicts-remove-parents',
  text: `
    delete from relationships r
    where r.target_id = $1 and r.type in ('mother_of', 'father_of', 'parent_of')
      and (r.type = $2 or r.type = 'parent_of' or $2 = 'parent_of')
      and r.source_id not in (
        select i.individual_id from unnest($3::text[], $4::text[]) as n (type, value_key)
        join identifiers i on i.type = n.type and i.value_key = n.value_key)
      or r.target_id = $1 and r.source_id = $5::uuid and r.type <> $2
    returning r.id`,
};

const END_MEMBERSHIPS = {
  name: 'conflicts-end-memberships',
  text: `
    update memberships m set ended_on = greatest(current_date, m.started_on)
    from groups g
    where g.id = m.group_id and g.kind = 'family' and m.individual_id = $1 and m.ended_on is null
      and m.role is distinct from 'head'
    returning m.id`,
};

/**
 * Takes the parent, and with a mother the family, from a child of whom it was decided that the record is right. Who the
 * parent is according to the record comes with taking the record. `saidId`: the parent in the record, where held.
 */
export async function replaceParent(
  client: PoolClient,
  childId: string,
  about: About,
  record: IndividualRecord,
  saidId: string | null,
): Promise<void> {
  const type = about === 'mother' ? 'mother_of' : about === 'father' ? 'father_of' : 'parent_of';
  const named = record.parents.flatMap((parent) => parent.record.identifiers);
  const ties = await client.query<{ id: string }>({
    ...REMOVE_TIES,
    values: [childId, type, named.map((one) => one.type), named.map((one) => identifierKey(one.value)), saidId],
  });
  const memberships =
    about === 'father' ? [] : (await client.query<{ id: string }>({ ...END_MEMBERSHIPS, values: [childId] })).rows;
  await writeChanges(client, { origin: 'conflict', importRunId: null }, [
    ...ties.rows.map(({ id }) => change('relationship', id, 'deleted')),
    ...memberships.map(({ id }) => change('membership', id, 'updated', ['endedOn'])),
  ]);
}
