import { Problem } from '../../record/problem.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { readAskedFilter, readAskedRecords } from '../asked-records.js';
import { CONSENT_MISSING, readPurpose } from '../consent.js';
import { refusedQuery } from '../query-reading.js';
import type { ReadingContext } from '../reading-context.js';
import type { RejectedItem, SearchQuestion } from '../search-message.js';
import { codeOf, field, listOf, wireObject, type WireObject } from '../wire-object.js';
import { readTransactionId } from './transaction-id.js';

/** A message that asks one question, as the disability registry and the register of beneficiaries have them. */
export interface AskedOnce {
  readonly transactionId: string;
  /** Its `referenceId` is the one given: such messages carry none. */
  readonly item: SearchQuestion | RejectedItem;
  /** Whether persons or groups are asked about; `null` where the message does not say. */
  readonly entity: 'individual' | 'group' | null;
}

/**
 * Reads `{query_type, query}` under one of the names of the message. A query that cannot be read is a rejected item;
 * what is wrong with the whole throws a `Problem` (`err.request.bad`).
 */
export function readSingleQuery(
  message: WireObject,
  names: readonly [string, ...string[]],
  registry: RegistryKind,
  { referenceId, ...context }: ReadingContext & { readonly referenceId: string },
): AskedOnce {
  const transactionId = readTransactionId(message);
  const [written] = listOf(field(message, ...names));
  const criteria = wireObject(written);
  if (criteria === null) {
    throw new Problem('err.request.bad', `message.${names[0]} is missing or not an object`);
  }
  const entity = readEntity(codeOf(field(criteria, 'response_entity')));
  const given = readPurpose(criteria, message);
  try {
    if (context.consentRequired === true && given.consent === null) throw refusedQuery(CONSENT_MISSING);
    const query = field(criteria, 'query');
    const asked = readAskedRecords({ regType: null, regRecordType: null }, query, { ...context, registry });
    const { filter, warnings } = readAskedFilter({ queryType: field(criteria, 'query_type'), query }, asked, context);
    const { record } = asked;
    const item = question({ registryKind: registry, record, query: { filter }, warnings, given, referenceId });
    return { transactionId, entity, item };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const code = ITEM_CODES.find((known) => known === error.code);
    if (code === undefined) throw error;
    return { transactionId, entity, item: { ok: false, referenceId, code, message: error.message } };
  }
}

const ITEM_CODES = ['rjct.search_criteria.invalid', 'rjct.filter.invalid'] as const;

function question(
  asked: Pick<SearchQuestion, 'referenceId' | 'query' | 'given' | 'warnings'> & {
    readonly registryKind: RegistryKind;
    readonly record: RecordKind;
  },
): SearchQuestion {
  return { ok: true, regType: null, regRecordType: null, sort: [], page: null, locale: null, ...asked };
}

function readEntity(written: string | null): AskedOnce['entity'] {
  const word = written?.split(/[:#/]/u).at(-1)?.toLowerCase();
  if (word === 'group' || word === 'household' || word === 'family') return 'group';
  return word === 'member' || word === 'person' ? 'individual' : null;
}
