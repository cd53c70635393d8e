import { compileQuery } from '../../dci/compile-query.js';
import { type Dialect, dialect } from '../../dci/dialects/dialect.js';
import { type WireObject } from '../../dci/wire-object.js';
import { type Filter } from '../../record/filter.js';
import { type IndividualRecord } from '../../record/individual-record.js';
import { QUERY_TYPES, type QueryType, type QueryVerdict } from './probe-report.js';
import { askInDialect, type ProbeContext } from './probe-search.js';

/** A day on which somebody may have been born, where nobody was seen. */
const SOME_DAY = '1990-05-15';

/**
 * Which kinds of query are answered, asked for somebody who was seen: where such a question is answered without anybody
 * by a registry that leaves out what it cannot answer, nothing is known.
 */
export async function findQueryTypes(
  context: ProbeContext,
  spoken: { readonly dialect: Dialect; readonly path: string },
  seen: IndividualRecord | null,
): Promise<Readonly<Record<QueryType, QueryVerdict>>> {
  const verdicts: Record<QueryType, QueryVerdict> = {
    'idtype-value': 'unknown',
    predicate: 'unknown',
    expression: 'unknown',
  };
  for (const type of QUERY_TYPES) {
    const answer = await askInDialect(context, spoken, undefined, (criteria) => ({
      ...criteria,
      query_type: type,
      query: queryOf(type, spoken.dialect, seen),
    }));
    if (answer.outcome === 'refused') verdicts[type] = 'refused';
    else if (answer.records.length > 0) verdicts[type] = 'answered';
    else if (answer.item !== null && seen === null) verdicts[type] = 'answered';
  }
  return verdicts;
}

function queryOf(type: QueryType, spoken: Dialect, seen: IndividualRecord | null): WireObject | readonly WireObject[] {
  const day = seen?.birthDate?.precision === 'day' ? seen.birthDate.date : SOME_DAY;
  const bornThen: Filter = {
    kind: 'and',
    filters: (['ge', 'le'] as const).map((operator): Filter => ({
      kind: 'compare',
      attribute: 'birth_date',
      operator,
      values: [day],
    })),
  };
  // In its own way where it has one, else in that of the standard.
  if (type === 'idtype-value') {
    const types = spoken.request.identifierTypes;
    const known = seen?.identifiers.find((one) => types === 'any' || types.includes(one.type));
    const identifier = known ?? { type: types === 'any' ? 'UIN' : (types[0] ?? 'UIN'), value: 'PROBE' };
    const filter: Filter = { kind: 'identifier', type: identifier.type, values: [identifier.value] };
    const own = compileQuery(filter, spoken);
    return own.queryType === type ? own.query : { type: identifier.type, value: identifier.value };
  }
  const own = compileQuery(bornThen, spoken);
  if (own.queryType === type) return own.query;
  const name = spoken.request.eventDateName ?? spoken.request.attributeNames.birth_date ?? 'birth_date';
  if (type === 'predicate') {
    const compared = (operator: string): WireObject => ({ attribute_name: name, operator, attribute_value: day });
    return [{ seq_num: 1, expression1: compared('ge'), condition: 'and', expression2: compared('le') }];
  }
  return compileQuery({ kind: 'not', filter: bornThen }, dialect('spdci-1.0')).query;
}
