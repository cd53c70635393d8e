import type { AttributeName, AttributeReference } from '../record/attributes.js';
import { allOf, type Filter } from '../record/filter.js';
import type { VitalEvent } from '../record/vital-event.js';
import type { RequestForm } from './dialects/dialect.js';
import type { WireObject } from './wire-object.js';

/** A Filter as a source can be asked, and what is left to the reader of its answer. */
export interface CompiledQuery {
  readonly queryType: 'idtype-value' | 'predicate' | 'expression';
  readonly query: WireObject | readonly WireObject[];
  /** What the source cannot be asked; `null` where all was asked. Records may come that do not fit it. */
  readonly residual: Filter | null;
  /** What was asked although the source answers with more than fits it; to be applied to the records read. */
  readonly recheck: Filter | null;
}

/** What a query is made of: conditions that all hold, for records of an event. */
export interface QueryParts {
  readonly parts: readonly Filter[];
  readonly form: RequestForm;
  readonly event: VitalEvent;
}

/** Days that are before and after every birth: some registers answer an empty query with everybody, others with nobody. */
export const FIRST_DAY = '0001-01-01';
export const LAST_DAY = '9999-12-31';

/** `type` of an expression. */
export const EXPRESSION_TYPE = 'ns:org:QueryType:expression';

/** What was left unasked, as one filter; `null`: nothing. */
export function remaining(filters: readonly Filter[]): Filter | null {
  return filters.length === 0 ? null : allOf(filters);
}

const EVENT_DATES: Readonly<Record<VitalEvent, AttributeName>> = {
  birth: 'birth_date',
  death: 'death_date',
  marriage: 'marriage_date',
};

/**
 * What registries of the dialect call it when they are asked for records of the event; `undefined` for what they have no
 * word for, a country's own attributes too.
 */
export function askableName(
  attribute: AttributeReference,
  { form, event }: Pick<QueryParts, 'form' | 'event'>,
): string | undefined {
  if (typeof attribute !== 'string') return undefined;
  return attribute === EVENT_DATES[event] && form.eventDateName !== null
    ? form.eventDateName
    : form.attributeNames[attribute];
}
