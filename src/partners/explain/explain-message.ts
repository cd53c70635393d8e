import { defaultPage } from '../../dci/answer.js';
import { dialect } from '../../dci/dialects/dialect.js';
import { readDisabilityRequest } from '../../dci/messages/disability.js';
import { readEnrolledRequest } from '../../dci/messages/enrolment.js';
import { readSearchRequest } from '../../dci/messages/search.js';
import { readSubscribeRequest } from '../../dci/messages/subscribe.js';
import type { ReadingContext } from '../../dci/reading-context.js';
import { field, textOf, type WireObject, wireObject } from '../../dci/wire-object.js';
import { type Access, FULL_ACCESS } from '../../record/access.js';
import type { Catalogue } from '../../record/catalogue.js';
import { fieldKey, RECORD_FIELDS } from '../../record/fields.js';
import type { EventWord } from '../../record/event-word.js';
import type { Filter } from '../../record/filter.js';
import type { NumberedPage } from '../../record/page.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { rowsInWords } from '../../record/rows-in-words.js';
import type { Sort } from '../../record/sort.js';
import { checkFilter, fieldOfAttribute, type WithheldField, withheldFields } from '../../record/withheld.js';
import type { ApiClient } from '../../security/clients.js';
import type { PartnerScope } from '../../security/scopes.js';
import { largestPageFor } from '../reception/caller-limits.js';
import { EVENTS_WITHHELD, mayHear } from '../subscriptions/heard-of.js';
import { type AnswerContext, circumstances } from '../search/answer-context.js';

/** The client in whose place the message is looked at. */
export type ExplainedClient = Pick<ApiClient, 'state' | 'scopes' | 'dialect' | 'access' | 'reception'>;

/** Which setting of the client refuses an item; `message`: none, it would be refused of anybody. */
export type RefusingRule = 'registries' | 'consent' | 'largest-page' | 'fields' | 'operators' | 'message';

/** What a client would get for one item of a message. Nobody is looked up: it names fields and rules, never people. */
export interface ExplainedItem {
  /** Empty where the item has none. */
  readonly referenceId: string;
  readonly refused: { readonly code: string; readonly message: string; readonly rule: RefusingRule } | null;
  /** `null` where the item cannot be read. */
  readonly registry: RegistryKind | null;
  readonly record: RecordKind | null;
  /** The page that would be answered; `null` of a subscription. */
  readonly page: NumberedPage | null;
  /** Fields that the records may hold, by `fieldKey`; empty of what is refused. */
  readonly fields: readonly string[];
  /** Fields that are taken out, and by which rule. */
  readonly withheld: readonly WithheldField[];
}

/** What a client would get for a message, and which of its settings take the rest away. */
export interface MessageExplanation {
  /** Why the whole message is refused; `null` where it is not. */
  readonly refused: { readonly code: string; readonly message: string } | null;
  readonly rows: string;
  /** The most records of one page. */
  readonly largestPage: number;
  /** People of whom it may be told in an hour; `null`: any number. */
  readonly recordsPerHour: number | null;
  readonly consentRequired: boolean;
  readonly signature: ExplainedClient['reception']['inboundSignature'];
  readonly items: readonly ExplainedItem[];
}

/** An item as its message was read. */
type ReadItem =
  | { readonly ok: false; readonly referenceId: string; readonly code: string; readonly message: string }
  | {
      readonly ok: true;
      readonly referenceId: string;
      readonly registry: RegistryKind;
      readonly record: RecordKind;
      readonly filter: Filter;
      readonly sort: readonly Sort[];
      /** Of a subscription. */
      readonly events?: readonly EventWord[];
      /** `undefined`: it has no pages. */
      readonly page: NumberedPage | null | undefined;
    };

interface MessageKind {
  /** Under which of these the message has what is asked. */
  readonly names: readonly string[];
  readonly scope: PartnerScope;
  /** Codes of a refused filter, sort and event. */
  readonly codes: readonly [filter: string, sort: string, events: string];
  read(message: WireObject, context: ReadingContext): readonly ReadItem[];
}

const SEARCH_CODES = ['rjct.filter.invalid', 'rjct.sort.invalid', ''] as const;
const SUBSCRIBE_CODES = ['rjct.notify_details.invalid', '', 'rjct.notify_types.invalid'] as const;

const KINDS: readonly MessageKind[] = [
  {
    names: ['search_request', 'search_requests'],
    scope: 'registry.search',
    codes: SEARCH_CODES,
    read: (message, context) =>
      readSearchRequest(message, context).items.map((item) =>
        item.ok ? { ...item, registry: item.registryKind, filter: item.query.filter } : item,
      ),
  },
  {
    names: ['subscribe_request', 'subscribe_requests'],
    scope: 'registry.subscribe',
    codes: SUBSCRIBE_CODES,
    read: (message, context) =>
      readSubscribeRequest(message, { ...context, now: new Date() }).items.map((item) =>
        item.ok ? { ...item, sort: [], page: undefined } : item,
      ),
  },
  {
    names: ['disabled_criteria', 'disability_criteria', 'search_criteria'],
    scope: 'registry.search',
    codes: SEARCH_CODES,
    read: (message, context) => readOnce(readDisabilityRequest(message, { ...context, referenceId: '' }).item),
  },
  {
    names: ['enrolled_criteria', 'enrolment_criteria', 'enrollment_criteria'],
    scope: 'registry.search',
    codes: SEARCH_CODES,
    read: (message, context) => readOnce(readEnrolledRequest(message, { ...context, referenceId: '' }).item),
  },
];

function readOnce(item: ReturnType<typeof readDisabilityRequest>['item']): readonly ReadItem[] {
  return [item.ok ? { ...item, registry: item.registryKind, filter: item.query.filter } : item];
}

/**
 * What a client would get for a message of the standard, a search, a subscription or a question of the disability
 * registry or the register of beneficiaries, if it came at the address without the name of a registry. Its header,
 * signature and age are not looked at. Never throws for what a message says.
 */
export async function explainMessage(
  client: ExplainedClient,
  envelope: unknown,
  context: Pick<AnswerContext, 'config' | 'catalogue'>,
): Promise<MessageExplanation> {
  const { access, reception } = client;
  const said = {
    rows: rowsInWords(access.rowLimits),
    largestPage: largestPageFor(access, context.config),
    recordsPerHour: access.recordsPerHour,
    consentRequired: reception.consentRequired,
    signature: reception.inboundSignature,
  };
  try {
    const items = await explainItems(client, envelope, context);
    return { refused: null, ...said, items };
  } catch (error) {
    const problem: Problem | null = error instanceof Problem ? error : null;
    if (problem === null) throw error;
    return { refused: { code: problem.code, message: problem.message }, ...said, items: [] };
  }
}

async function explainItems(
  client: ExplainedClient,
  written: unknown,
  context: Pick<AnswerContext, 'config' | 'catalogue'>,
): Promise<ExplainedItem[]> {
  const envelope = wireObject(written);
  const message = envelope && wireObject(field(envelope, 'message'));
  if (!envelope || !message) throw new Problem('err.request.bad', 'message is missing or not an object');
  const kind = KINDS.find(({ names }) => field(message, ...names) !== undefined);
  if (kind === undefined) {
    throw new Problem('err.request.bad', 'The message asks for nothing: it is no search and no subscription');
  }
  if (client.state !== 'active') throw new Problem('err.request.unauthorized', 'The client was revoked');
  if (!client.scopes.includes(kind.scope)) {
    throw new Problem('err.request.forbidden', `The client lacks the scope ${kind.scope}`);
  }
  const header = wireObject(field(envelope, 'header'));
  const receiverId = header && textOf(field(header, 'receiver_id'));
  const { strict, consentRequired } = client.reception;
  const read = async (limits: Partial<Pick<Access, 'registries' | 'largestPage'>>, consent: boolean) => {
    const access = { ...FULL_ACCESS, ...limits };
    const asked = { registry: null, receiverId, strict, access, consentRequired: consent };
    return kind.read(message, await circumstances(asked, context));
  };
  // The same message under each of the rules alone: the first that refuses what anybody else would be answered is it.
  const { registries, largestPage } = client.access;
  const rules = [
    { rule: 'message', items: await read({}, false) },
    { rule: 'registries', items: await read({ registries }, false) },
    { rule: 'consent', items: await read({}, consentRequired) },
    { rule: 'largest-page', items: await read({ largestPage }, false) },
  ] as const;
  const catalogue = await context.catalogue();
  const unlimited = rules[0].items;
  return unlimited.map((item, index) => {
    for (const { rule, items } of rules) {
      const refused = items[index];
      if (refused?.ok === false) return refusedItem(item, refused, rule);
    }
    // Read with all limits that bear on its meaning: its page is the one that this client would get.
    const limited = rules[3].items[index];
    return limited?.ok === true
      ? explainItem(limited, kind.codes, client, context.config, catalogue)
      : refusedItem(item, UNREADABLE, 'message');
  });
}

/** A message is read the same each time; for the compiler alone. */
const UNREADABLE = { code: 'rjct.search_criteria.invalid', message: 'The request cannot be read' };

function explainItem(
  item: Extract<ReadItem, { ok: true }>,
  [filterCode, sortCode, eventsCode]: MessageKind['codes'],
  { access, dialect: speaks }: ExplainedClient,
  config: AnswerContext['config'],
  catalogue: Catalogue,
): ExplainedItem {
  const { referenceId, registry, record, filter, sort, events, page } = item;
  try {
    checkFilter(filter, sort, record, access);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const rule = error.code === 'FILTER_OPERATOR_WITHHELD' ? 'operators' : 'fields';
    const code = error.code === 'SORT_FIELD_WITHHELD' ? sortCode : filterCode;
    return refusedItem(item, { code, message: error.message }, rule);
  }
  if (events?.every((word) => !mayHear(word, access)) === true) {
    return refusedItem(item, { code: eventsCode, message: EVENTS_WITHHELD }, 'fields');
  }
  const kinds = TOLD_KINDS[record];
  const withheld = kinds.flatMap((kind) => withheldFields(kind, access, catalogue));
  const hidden = new Set(withheld.map((one) => one.field));
  const known = [...RECORD_FIELDS, ...catalogue.all().map(fieldOfAttribute)].filter(({ of }) => kinds.includes(of));
  return {
    referenceId,
    refused: null,
    registry,
    record,
    page: page === undefined ? null : (page ?? defaultPage(dialect(speaks), largestPageFor(access, config))),
    fields: [...new Set(known.map(fieldKey))].filter((key) => !hidden.has(key)),
    withheld,
  };
}

/** Of what else records of a kind tell. */
const TOLD_KINDS: Readonly<Record<RecordKind, readonly RecordKind[]>> = {
  individual: ['individual', 'disability'],
  group: ['group', 'individual', 'disability'],
  farmer: ['farmer', 'individual'],
  disability: ['disability', 'individual'],
  enrolment: ['enrolment', 'individual', 'group', 'disability'],
};

function refusedItem(
  item: ReadItem,
  { code, message }: { readonly code: string; readonly message: string },
  rule: RefusingRule,
): ExplainedItem {
  const { referenceId } = item;
  return {
    referenceId: textOf(referenceId) ?? '',
    refused: { code, message, rule },
    registry: item.ok ? item.registry : null,
    record: item.ok ? item.record : null,
    page: null,
    fields: [],
    withheld: [],
  };
}
