import { randomUUID } from 'node:crypto';
import type { Filter } from '../record/filter.js';
import type { NumberedPage } from '../record/page.js';
import type { Sort } from '../record/sort.js';
import type { VitalEvent } from '../record/vital-event.js';
import { compileQuery } from './compile-query.js';
import { askableName } from './compiled-query.js';
import type { Dialect } from './dialects/dialect.js';
import { writeInstant } from './instant.js';
import type { WireObject } from './wire-object.js';

/** What a search message says, and to whom. */
export interface SearchRequestOptions {
  readonly dialect: Dialect;
  /** One `search_request[]` each, in order. */
  readonly items: readonly RequestedSearch[];
  readonly senderId: string;
  /** Where an asynchronous answer would go. */
  readonly senderUri?: string;
  readonly receiverId: string;
  readonly now: Date;
  /** Makes the ids of the message; by default random UUIDs. */
  readonly newId?: () => string;
}

/** One question of a message. */
export interface RequestedSearch {
  /** Whose records are asked for. Default: births. */
  readonly event?: VitalEvent | undefined;
  readonly filter: Filter;
  /** A wish: attributes that the dialect cannot sort by are left out. */
  readonly sort: readonly Sort[];
  readonly page: NumberedPage;
}

/** The body to post, and what is needed to read its answer. */
export interface SearchRequest {
  readonly message: SearchRequestMessage;
  readonly items: readonly {
    readonly referenceId: string;
    /** What the source could not be asked; `null` where all was asked. */
    readonly residual: Filter | null;
    /** What was asked, and must be applied again: the source answers with more than fits it. */
    readonly recheck: Filter | null;
  }[];
}

/** The body of a search message, with the standard's names. */
export interface SearchRequestMessage {
  readonly header: WireObject;
  readonly message: {
    readonly transaction_id: string;
    readonly search_request: readonly {
      readonly reference_id: string;
      readonly timestamp: string;
      readonly search_criteria: WireObject;
      readonly locale: string;
    }[];
  };
}

/** Writes a search message as registries of the dialect read it. A page is always named: defaults are as small as 5. */
export function writeSearchRequest(options: SearchRequestOptions): SearchRequest {
  const { dialect, senderId, senderUri, receiverId, now, newId = randomUUID } = options;
  const timestamp = writeInstant(now);
  const items = options.items.map((item) => ({
    ...item,
    referenceId: newId(),
    event: item.event ?? 'birth',
    compiled: compileQuery(item.filter, dialect, item.event),
  }));
  return {
    message: {
      header: {
        version: '1.0.0',
        message_id: newId(),
        message_ts: timestamp,
        action: 'search',
        sender_id: spokenSenderId(senderId, dialect),
        ...(senderUri === undefined ? {} : { sender_uri: senderUri }),
        receiver_id: receiverId,
        total_count: items.length,
        is_msg_encrypted: false,
      },
      message: {
        transaction_id: newId(),
        search_request: items.map(({ referenceId, event, compiled, sort, page }) => ({
          reference_id: referenceId,
          timestamp,
          search_criteria: {
            version: '1.0.0',
            ...spoken({
              reg_type: dialect.request.regTypes[event],
              reg_event_type: dialect.request.regEventTypes[event],
              reg_record_type: dialect.request.regRecordType,
            }),
            query_type: compiled.queryType,
            query: compiled.query,
            ...sortOf(sort, event, dialect),
            ...(dialect.request.paged ? { pagination: { page_size: page.size, page_number: page.number } } : {}),
          },
          locale: 'eng',
        })),
      },
    },
    items: items.map(({ referenceId, compiled: { residual, recheck } }) => ({ referenceId, residual, recheck })),
  };
}

function spoken(words: Readonly<Record<string, string | null>>): WireObject {
  return Object.fromEntries(Object.entries(words).filter(([, word]) => word !== null));
}

/** Our name as registries of the dialect take it. */
export function spokenSenderId(senderId: string, { request }: Dialect): string {
  if (request.senderId === 'any' || /^[\w.-]+$/u.test(senderId)) return senderId;
  return URL.canParse(senderId) ? new URL(senderId).hostname.replace(/[^\w.-]/gu, '') : senderId;
}

function sortOf(
  sort: readonly Sort[],
  event: VitalEvent,
  { request }: Dialect,
): { readonly sort?: readonly WireObject[] } {
  if (request.fixedSort !== null) return { sort: [{ ...request.fixedSort }] };
  if (!request.paged) return {};
  const keys = sort.flatMap(({ attribute, direction }) => {
    const name = askableName(attribute, { form: request, event });
    return name === undefined ? [] : [{ attribute_name: name, sort_order: direction }];
  });
  return keys.length === 0 ? {} : { sort: keys };
}
