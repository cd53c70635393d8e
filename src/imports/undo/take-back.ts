import { type PoolClient } from 'pg';
import { type Change } from '../../record/change.js';
import { writeRevisions } from '../../registry/revisions/write-revisions.js';
import { change, writeChanges } from '../../registry/write-changes.js';
import { runForRows } from '../../registry/write-statement.js';
import { type PlacedRecord } from '../import-items.js';
import { type PageResult } from '../run-kind.js';
import { type Restoring, type UndoRefusal, type UndoVerdict } from './judge-undo.js';
import { type PageOfRun, type PageToUndo } from './page-to-undo.js';

/** Who takes back. */
export interface UndoPage {
  readonly undoRunId: string;
  readonly of: PageOfRun;
}

const deleting = (name: string, table: string) => ({
  name,
  text: `delete from ${table} where id = any ($1::uuid[])`,
});
const DELETE_TIES = deleting('undo-delete-ties', 'relationships');
const DELETE_MEMBERSHIPS = deleting('undo-delete-memberships', 'memberships');
const DELETE_IDENTIFIERS = deleting('undo-delete-identifiers', 'identifiers');
const DELETE_MARRIAGES = deleting('undo-delete-marriages', 'marriages');
const DELETE_GROUPS = deleting('undo-delete-groups', 'groups');
const DELETE_PEOPLE = deleting('undo-delete-people', 'individuals');

const RETYPE_TIES = {
  name: 'undo-retype-ties',
  text: `
    update relationships r set type = n.type
    from unnest($1::uuid[], $2::text[]) as n (id, type)
    where r.id = n.id`,
};

const RESTORE_MARRIAGES = {
  name: 'undo-restore-marriages',
  text: `
    update marriages m
    set spouse_id = case when not n.tells_spouse then m.spouse_id end,
      divorced_on = case when not n.tells_divorce then m.divorced_on end
    from unnest($1::uuid[], $2::boolean[], $3::boolean[]) as n (id, tells_spouse, tells_divorce)
    where m.id = n.id`,
};

const RESTORE_PEOPLE = {
  name: 'undo-restore-people',
  text: `
    update individuals i
    set given_name = case when n.v ? 'givenName' then n.v ->> 'givenName' else i.given_name end,
      middle_name = case when n.v ? 'middleName' then n.v ->> 'middleName' else i.middle_name end,
      family_name = case when n.v ? 'familyName' then n.v ->> 'familyName' else i.family_name end,
      sex = case when n.v ? 'sex' then n.v ->> 'sex' else i.sex end,
      birth_date = case when n.v ? 'birthDate' then (n.v #>> '{birthDate,date}')::date else i.birth_date end,
      birth_date_precision =
        case when n.v ? 'birthDate' then n.v #>> '{birthDate,precision}' else i.birth_date_precision end,
      death_date = case when n.v ? 'deathDate' then (n.v #>> '{deathDate,date}')::date else i.death_date end,
      death_date_precision =
        case when n.v ? 'deathDate' then n.v #>> '{deathDate,precision}' else i.death_date_precision end,
      deceased = case when n.v ? 'deceased' then (n.v ->> 'deceased')::boolean else i.deceased end,
      birth_location_id =
        case when n.v ? 'birthLocation' then (n.v ->> 'birthLocation')::uuid else i.birth_location_id end,
      birth_place_text = case when n.v ? 'birthPlaceText' then n.v ->> 'birthPlaceText' else i.birth_place_text end,
      death_location_id =
        case when n.v ? 'deathLocation' then (n.v ->> 'deathLocation')::uuid else i.death_location_id end,
      death_place_text = case when n.v ? 'deathPlaceText' then n.v ->> 'deathPlaceText' else i.death_place_text end,
      home_location_id =
        case when n.v ? 'homeLocation' then (n.v ->> 'homeLocation')::uuid else i.home_location_id end,
      home_place_text = case when n.v ? 'homePlaceText' then n.v ->> 'homePlaceText' else i.home_place_text end,
      row_version = i.row_version + 1, updated_at = now()
    from unnest($1::uuid[], $2::jsonb[]) as n (id, v)
    where i.id = n.id`,
};

/** Nobody decides of what is taken back; a source that says it again raises the question again. */
const WITHDRAW_CASES = {
  name: 'undo-withdraw-conflicts',
  text: `
    delete from conflict_cases c
    where c.state = 'open' and (c.import_run_id = $1 and c.page = $2
      or c.id in (select p.case_id from conflict_case_people p where p.individual_id = any ($3::uuid[])))`,
};

const FORGET_SAID = {
  name: 'undo-forget-said',
  text: 'delete from source_records where data_source_id = $1 and record_key = any ($2::bytea[])',
};

const RESTORE_SAID = {
  name: 'undo-restore-said',
  text: `
    insert into source_records (data_source_id, record_key, content_digest, individual_id)
    select $1, n.record_key, n.content_digest, n.individual_id
    from unnest($2::bytea[], $3::bytea[], $4::uuid[]) as n (record_key, content_digest, individual_id)
    where exists (select from individuals i where i.id = n.individual_id)
    on conflict (data_source_id, record_key) do update
    set content_digest = excluded.content_digest, individual_id = excluded.individual_id`,
};

/** But of people of whom a record of the source is left. */
const FORGET_SOURCES = {
  name: 'undo-forget-sources',
  text: `
    delete from individual_sources s
    where s.data_source_id = $1 and s.individual_id = any ($2::uuid[])
      and not exists (select from source_records k where k.individual_id = s.individual_id and k.data_source_id = $1)`,
};

/** What was not taken back stays noted, for a further undo. */
const NOTE_LEFT = {
  name: 'undo-note-left',
  text: `
    update import_pages
    set identifiers = array(select i from unnest(identifiers) as i where i <> all ($3::uuid[])),
      relationships = array(select i from unnest(relationships) as i where i <> all ($4::uuid[])),
      memberships = array(select i from unnest(memberships) as i where i <> all ($5::uuid[])),
      groups = array(select i from unnest(groups) as i where i <> all ($6::uuid[])),
      marriages = array(select i from unnest(marriages) as i where i <> all ($7::uuid[])),
      retyped = $8, retyped_from = $9, told_of = $10, said_keys = $11, said_digests = $12, said_individuals = $13,
      spouses_told = array(select i from unnest(spouses_told) as i where i <> all ($14::uuid[])),
      divorces_told = array(select i from unnest(divorces_told) as i where i <> all ($14::uuid[]))
    where import_run_id = $1 and page = $2`,
};

const FORGET_PAGE = {
  name: 'undo-forget-page',
  text: `
    delete from import_pages
    where import_run_id = $1 and page = $2 and '{}' = all (array[
      identifiers::text, relationships::text, memberships::text, groups::text, marriages::text, retyped::text,
      spouses_told::text, divorces_told::text, told_of::text, said_keys::text])`,
};

/** Carries out what was decided of a page, in the transaction that locked its people, and says what became of whom. */
export async function takeBack(
  client: PoolClient,
  page: PageToUndo,
  verdict: UndoVerdict,
  by: UndoPage,
): Promise<PageResult & { readonly items: readonly PlacedRecord[] }> {
  const removed = keysWithout(verdict.made);
  const groups = keysWithout(verdict.groups);
  const restored = restorations(page, verdict);
  const retyped = page.retyped.filter(({ id }) => verdict.retyped.has(id));
  const [ties, memberships] = [[...verdict.ties], [...verdict.memberships]];
  const [identifiers, marriages] = [[...verdict.identifiers], [...verdict.marriages]];
  const altered = page.alteredMarriages.filter(({ id }) => verdict.alteredMarriages.has(id));

  await runForRows(client, DELETE_TIES, ties, [ties]);
  await runForRows(client, RETYPE_TIES, retyped, [
    retyped.map(({ id }) => id),
    retyped.map(({ typeBefore }) => typeBefore),
  ]);
  await runForRows(client, DELETE_MEMBERSHIPS, memberships, [memberships]);
  await runForRows(client, DELETE_IDENTIFIERS, identifiers, [identifiers]);
  await runForRows(client, DELETE_MARRIAGES, marriages, [marriages]);
  await runForRows(client, RESTORE_MARRIAGES, altered, [
    altered.map(({ id }) => id),
    altered.map(({ tellsSpouse }) => tellsSpouse),
    altered.map(({ tellsDivorce }) => tellsDivorce),
  ]);
  await runForRows(client, DELETE_GROUPS, groups, [groups]);
  await client.query({ ...WITHDRAW_CASES, values: [by.of.runId, by.of.page, removed] });
  await runForRows(client, DELETE_PEOPLE, removed, [removed]);
  await runForRows(client, RESTORE_PEOPLE, restored, [
    restored.map(({ id }) => id),
    restored.map(({ restoring }) => JSON.stringify(Object.fromEntries(restoring.values))),
  ]);
  await forgetWhatWasSaid(client, page, verdict, by);

  const { undoRunId } = by;
  await writeChanges(client, { origin: 'undo', importRunId: undoRunId }, [
    ...restored.map(({ id, fields }) => change('individual', id, 'updated', fields)),
    ...retyped.map(({ id }) => change('relationship', id, 'updated', ['type'])),
    ...ties.map((id) => change('relationship', id, 'deleted')),
    ...memberships.map((id) => change('membership', id, 'deleted')),
    ...groups.map((id) => change('group', id, 'deleted')),
    ...removed.map((id) => change('individual', id, 'deleted')),
    ...changesOfThoseWhoStay(page, verdict, new Set([...removed, ...groups, ...restored.map(({ id }) => id)])),
  ]);
  await writeRevisions(
    client,
    { origin: 'undo', importRunId: undoRunId, actor: null, dataSourceId: null, page: by.of.page },
    restored.map(({ id, fields, restoring }) => {
      const { rowVersion = 0, values = {} } = page.people.get(id) ?? {};
      return {
        individualId: id,
        rowVersion: rowVersion + 1,
        told: new Map(fields.map((field) => [field, null])),
        before: new Map([...restoring.values.keys()].map((field) => [field, values[field] ?? null])),
      };
    }),
  );
  const items = itemsOf(verdict, removed, restored);
  return {
    items,
    outcomes: items.map(({ written: { outcome } }) => outcome),
    individualsRemoved: removed.length,
    individualsRestored: items.filter(({ written: { outcome } }) => outcome === 'restored').length,
  };
}

/** Somebody who was there before and of whom something becomes what it was. */
interface Restored {
  readonly id: string;
  readonly restoring: Restoring;
  /** As changes name them. */
  readonly fields: readonly string[];
}

function restorations(page: PageToUndo, { restored, identifiers, ...verdict }: UndoVerdict): Restored[] {
  const losing = (rows: readonly { readonly id: string; readonly individualId: string }[], gone: ReadonlySet<string>) =>
    new Set(rows.filter(({ id }) => gone.has(id)).map(({ individualId }) => individualId));
  const withIdentifiers = losing(page.identifiers, identifiers);
  const marriages = new Set([...verdict.marriages, ...verdict.alteredMarriages]);
  const withMarriages = losing([...page.marriages, ...page.alteredMarriages], marriages);
  const spouses = page.ties.filter(({ id, type }) => type === 'spouse_of' && verdict.ties.has(id));
  const withSpouses = new Set(spouses.flatMap(({ sourceId, targetId }) => [sourceId, targetId]));
  return [...restored].flatMap(([id, restoring]) => {
    const isUnmarried = withSpouses.has(id) && !restoring.refused.includes('marriages');
    const fields = [
      ...restoring.values.keys(),
      ...(withIdentifiers.has(id) ? ['identifiers'] : []),
      ...(withMarriages.has(id) || isUnmarried ? ['marriages'] : []),
    ];
    return fields.length === 0 ? [] : [{ id, restoring, fields }];
  });
}

/**
 * Who stays and lost a relative or a member: of a row that is gone nobody can tell any more whom it concerned, and the
 * standard has no word for a record that is gone. `told`: of whom it is told otherwise.
 */
function changesOfThoseWhoStay(page: PageToUndo, verdict: UndoVerdict, told: ReadonlySet<string>): Change[] {
  const relatives = page.ties
    .filter(({ id }) => verdict.ties.has(id))
    .flatMap(({ sourceId, targetId }) => [sourceId, targetId]);
  const groups = page.memberships.filter(({ id }) => verdict.memberships.has(id)).map(({ groupId }) => groupId);
  const staying = (ids: readonly string[]): string[] => [...new Set(ids)].filter((id) => !told.has(id));
  return [
    ...staying(relatives).map((id) => change('individual', id, 'updated', ['relationships'])),
    ...staying(groups).map((id) => change('group', id, 'updated', ['members'])),
  ];
}

/** Undoes that the source has told of people and records, but of those who stay with what it told. */
async function forgetWhatWasSaid(
  client: PoolClient,
  page: PageToUndo,
  verdict: UndoVerdict,
  { of: { runId, page: number, dataSourceId } }: UndoPage,
): Promise<void> {
  const stays = (id: string | null): boolean =>
    id !== null && ((verdict.made.get(id) ?? null) !== null || page.people.get(id)?.isMerged === true);
  const left = page.said.filter(({ individualId }) => stays(individualId));
  const gone = page.said.filter(({ individualId }) => !stays(individualId));
  const forgotten = gone.filter(({ before }) => before === null);
  const before = gone.flatMap(({ key, before: held }) => (held === null ? [] : [{ key, ...held }]));
  const toldOf = page.toldOf.filter((id) => !stays(id) && !verdict.toldAgain.has(id));
  await runForRows(client, FORGET_SAID, forgotten, [dataSourceId, forgotten.map(({ key }) => key)]);
  await runForRows(client, RESTORE_SAID, before, [
    dataSourceId,
    before.map(({ key }) => key),
    before.map(({ digest }) => digest),
    before.map(({ individualId }) => individualId),
  ]);
  await runForRows(client, FORGET_SOURCES, toldOf, [dataSourceId, toldOf]);
  const stillRetyped = page.retyped.filter(({ id }) => !verdict.retyped.has(id));
  await client.query({
    ...NOTE_LEFT,
    values: [
      runId,
      number,
      [...verdict.identifiers],
      [...verdict.ties],
      [...verdict.memberships],
      keysWithout(verdict.groups),
      [...verdict.marriages],
      stillRetyped.map(({ id }) => id),
      stillRetyped.map(({ typeBefore }) => typeBefore),
      page.toldOf.filter((id) => stays(id)),
      left.map(({ key }) => key),
      left.map((said) => said.before?.digest ?? null),
      left.map((said) => said.before?.individualId ?? null),
      [...verdict.alteredMarriages],
    ],
  });
  await client.query({ ...FORGET_PAGE, values: [runId, number] });
}

/** Of whom the page told, one after the other, what became of it. */
function itemsOf({ made, groups, restored }: UndoVerdict, removed: readonly string[], done: readonly Restored[]) {
  const restoredIds = new Set(done.map(({ id }) => id));
  const item = (
    outcome: PlacedRecord['written']['outcome'],
    about: { readonly individualId?: string; readonly groupId?: string },
    refusal: UndoRefusal | null = null,
  ): PlacedRecord['written'] => ({
    outcome,
    refusal,
    individualId: about.individualId ?? null,
    motherId: null,
    fatherId: null,
    groupId: about.groupId ?? null,
    issues: [],
  });
  return [
    // Nothing is left to which these could lead.
    ...removed.map(() => item('removed', {})),
    ...[...made].flatMap(([individualId, refusal]) => refusal && item('refused', { individualId }, refusal)),
    ...[...groups].flatMap(([groupId, refusal]) => refusal && item('refused', { groupId }, refusal)),
    ...[...restored].flatMap(([individualId, { refused, isOfRun }]) => {
      // What becomes of somebody whom the run made is told at the page that made them.
      if (isOfRun) return [];
      if (refused.length === 0) return restoredIds.has(individualId) ? item('restored', { individualId }) : [];
      const reason = `Changed by somebody else since, and kept: ${refused.join(', ')}`;
      return item('refused', { individualId }, { code: 'CHANGED_SINCE', reason });
    }),
  ]
    .filter((written) => written !== null)
    .map((written, index): PlacedRecord => ({ ordinal: index + 1, written }));
}

function keysWithout(verdicts: ReadonlyMap<string, UndoRefusal | null>): string[] {
  return [...verdicts].filter(([, refusal]) => refusal === null).map(([id]) => id);
}
