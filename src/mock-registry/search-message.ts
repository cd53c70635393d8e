/** A search message as far as the register looks at it. */
export interface SearchMessage {
  readonly version: string;
  readonly messageId: string;
  readonly senderId: string;
  readonly receiverId: string | undefined;
  readonly isEncrypted: boolean;
  readonly signature: string | undefined;
  readonly transactionId: string;
  readonly requests: readonly SearchRequest[];
}

export type RegType = 'birth' | 'death' | 'marriage';
export type IdType = 'BRN' | 'DRN' | 'MRN' | 'NID' | 'OPENCRVS_RECORD_ID';

/** One comparison of a predicate. */
export interface Expression {
  readonly attribute: 'birthdate' | 'birthplace';
  readonly operator: 'gt' | 'lt' | 'eq' | 'ge' | 'le';
  readonly value: string;
}

/** One comparison, or two that must both hold. */
export interface Predicate {
  readonly first: Expression;
  readonly second: Expression | null;
}

export type Query =
  | { readonly type: 'idtype-value'; readonly idType: IdType; readonly value: string }
  | { readonly type: 'predicate'; readonly predicates: readonly Predicate[] };

/** One question of a message. */
export interface SearchRequest {
  readonly referenceId: string;
  readonly regType: RegType;
  readonly query: Query;
  readonly sort: readonly { attribute: string; order: string }[];
  readonly pageSize: number;
  readonly pageNumber: number;
  readonly locale: string;
}

/** The message breaks the register's schema; the sentence says where, in the real server's words. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
}

const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/;
const OPERATORS = ['gt', 'lt', 'eq', 'ge', 'le'] as const;
const ATTRIBUTES = ['birthdate', 'birthplace'] as const;
const ID_TYPES = ['BRN', 'DRN', 'MRN', 'OPENCRVS_RECORD_ID', 'NID'] as const;
const REG_TYPES = ['ocrvs:registry_type:birth', 'ocrvs:registry_type:death', 'ocrvs:registry_type:marriage'] as const;
const DEFAULT_PAGE_SIZE = 5;

type Fields = Readonly<Record<string, unknown>>;

/** Walks a message and notes every place that does not fit, instead of stopping at the first. */
class Reader {
  readonly issues: string[] = [];

  #note(sentence: string, path: string): undefined {
    this.issues.push(path === '' ? sentence : `${sentence} at "${path}"`);
    return undefined;
  }

  #expected(kind: string, value: unknown, path: string): undefined {
    return value === undefined
      ? this.#note('Required', path)
      : this.#note(`Expected ${kind}, received ${kindOf(value)}`, path);
  }

  object(value: unknown, path: string): Fields | undefined {
    return isFields(value) ? value : this.#expected('object', value, path);
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    this.#expected('array', value, path);
    return [];
  }

  text(value: unknown, path: string): string {
    return typeof value === 'string' ? value : (this.#expected('string', value, path) ?? '');
  }

  optionalText(value: unknown, path: string): string | undefined {
    return value === undefined ? undefined : this.text(value, path);
  }

  number(value: unknown, path: string): number {
    return typeof value === 'number' ? value : (this.#expected('number', value, path) ?? 0);
  }

  positive(value: unknown, path: string): number {
    const number = this.number(value, path);
    if (typeof value === 'number' && !Number.isInteger(number)) this.#note('Expected integer, received float', path);
    else if (typeof value === 'number' && number <= 0) this.#note('Number must be greater than 0', path);
    return number;
  }

  moment(value: unknown, path: string): void {
    const text = this.text(value, path);
    if (typeof value === 'string' && !ZONED.test(text)) this.#note('Invalid datetime', path);
  }

  literal(value: unknown, wanted: string, path: string): void {
    if (value !== wanted) this.#note(`Invalid literal value, expected "${wanted}"`, path);
  }

  oneOf<T extends string>(value: unknown, allowed: readonly T[], path: string): T | undefined {
    const found = allowed.find((word) => word === value);
    if (found !== undefined) return found;
    if (typeof value !== 'string') return this.#expected(listed(allowed), value, path);
    return this.#note(`Invalid enum value. Expected ${listed(allowed)}, received '${value}'`, path);
  }

  matching(value: unknown, form: RegExp, path: string): string | undefined {
    const text = this.optionalText(value, path);
    if (text !== undefined && typeof value === 'string' && !form.test(text)) this.#note('Invalid', path);
    return text;
  }

  shorterThan(limit: number, text: string, path: string): void {
    if (text.length > limit) this.#note(`String must contain at most ${String(limit)} character(s)`, path);
  }
}

/** Reads a message as the real server does; throws `InvalidMessage` with everything that is wrong. */
export function readSearchMessage(body: unknown): SearchMessage {
  const reader = new Reader();
  const message = readBody(reader, body);
  if (reader.issues.length > 0 || message === null) {
    throw new InvalidMessage(`Validation error: ${reader.issues.join('; ')}`);
  }
  return message;
}

function readBody(reader: Reader, body: unknown): SearchMessage | null {
  const fields = reader.object(body, '');
  if (fields === undefined) return null;
  const header = reader.object(fields.header, 'header') ?? null;
  if (header !== null) checkHeader(reader, header);
  const message = reader.object(fields.message, 'message');
  if (message === undefined || header === null) return null;
  const transactionId = reader.text(message.transaction_id, 'message.transaction_id');
  reader.shorterThan(99, transactionId, 'message.transaction_id');
  const requests = reader
    .list(message.search_request, 'message.search_request')
    .map((request, number) => readRequest(reader, request, `message.search_request[${String(number)}]`));
  return {
    version: textOr(header.version, '1.0.0'),
    messageId: textOr(header.message_id, ''),
    senderId: textOr(header.sender_id, ''),
    receiverId: typeof header.receiver_id === 'string' ? header.receiver_id : undefined,
    isEncrypted: header.is_msg_encrypted === true,
    signature: typeof fields.signature === 'string' ? fields.signature : undefined,
    transactionId,
    requests: requests.filter((request) => request !== null),
  };
}

function checkHeader(reader: Reader, header: Fields): void {
  reader.optionalText(header.version, 'header.version');
  reader.text(header.message_id, 'header.message_id');
  reader.moment(header.message_ts, 'header.message_ts');
  reader.literal(header.action, 'search', 'header.action');
  reader.text(header.sender_id, 'header.sender_id');
  reader.optionalText(header.sender_uri, 'header.sender_uri');
  reader.optionalText(header.receiver_id, 'header.receiver_id');
  reader.number(header.total_count, 'header.total_count');
}

function readRequest(reader: Reader, value: unknown, path: string): SearchRequest | null {
  const request = reader.object(value, path);
  if (request === undefined) return null;
  const referenceId = reader.text(request.reference_id, `${path}.reference_id`);
  reader.moment(request.timestamp, `${path}.timestamp`);
  const locale = reader.matching(request.locale, /^[A-Za-z]{3}$/, `${path}.locale`);
  const at = `${path}.search_criteria`;
  const criteria = reader.object(request.search_criteria, at);
  if (criteria === undefined) return null;
  const regType = reader.oneOf(criteria.reg_type, REG_TYPES, `${at}.reg_type`);
  const query = readQuery(reader, criteria, at);
  const sort = criteria.sort === undefined ? [] : reader.list(criteria.sort, `${at}.sort`);
  const page = criteria.pagination === undefined ? {} : reader.object(criteria.pagination, `${at}.pagination`);
  if (regType === undefined || query === null || page === undefined) return null;
  return {
    referenceId,
    regType: regTypeOf(regType),
    query,
    sort: sort.map((entry, number) => readSort(reader, entry, `${at}.sort[${String(number)}]`)),
    pageSize:
      criteria.pagination === undefined
        ? DEFAULT_PAGE_SIZE
        : reader.positive(page.page_size, `${at}.pagination.page_size`),
    pageNumber: page.page_number === undefined ? 1 : reader.positive(page.page_number, `${at}.pagination.page_number`),
    locale: locale ?? 'eng',
  };
}

function readSort(reader: Reader, value: unknown, path: string): { attribute: string; order: string } {
  const sort = reader.object(value, path);
  return {
    attribute: reader.text(sort?.attribute_name, `${path}.attribute_name`),
    order: reader.oneOf(sort?.sort_order, ['asc', 'desc'], `${path}.sort_order`) ?? 'desc',
  };
}

function readQuery(reader: Reader, criteria: Fields, at: string): Query | null {
  const type = criteria.query_type;
  if (type !== 'predicate' && type !== 'idtype-value') {
    reader.literal(type, 'predicate', `${at}.query_type`);
    return null;
  }
  if (type === 'predicate') {
    const predicates = reader
      .list(criteria.query, `${at}.query`)
      .map((predicate, number) => readPredicate(reader, predicate, `${at}.query[${String(number)}]`));
    return { type, predicates: predicates.filter((predicate) => predicate !== null) };
  }
  const query = reader.object(criteria.query, `${at}.query`);
  if (query === undefined) return null;
  const idType = reader.oneOf(query.type, ID_TYPES, `${at}.query.type`);
  const value = reader.text(query.value, `${at}.query.value`);
  return idType === undefined ? null : { type, idType, value };
}

function readPredicate(reader: Reader, value: unknown, path: string): Predicate | null {
  const predicate = reader.object(value, path);
  if (predicate === undefined) return null;
  const first = readExpression(reader, predicate.expression1, `${path}.expression1`);
  if (predicate.condition !== undefined) reader.oneOf(predicate.condition, ['and'], `${path}.condition`);
  const second =
    predicate.expression2 === undefined ? null : readExpression(reader, predicate.expression2, `${path}.expression2`);
  return first === null ? null : { first, second };
}

function readExpression(reader: Reader, value: unknown, path: string): Expression | null {
  const expression = reader.object(value, path);
  if (expression === undefined) return null;
  const attribute = reader.oneOf(expression.attribute_name, ATTRIBUTES, `${path}.attribute_name`);
  const operator = reader.oneOf(expression.operator, OPERATORS, `${path}.operator`);
  const text = reader.text(expression.attribute_value, `${path}.attribute_value`);
  return attribute === undefined || operator === undefined ? null : { attribute, operator, value: text };
}

function regTypeOf(word: (typeof REG_TYPES)[number]): RegType {
  switch (word) {
    case 'ocrvs:registry_type:birth':
      return 'birth';
    case 'ocrvs:registry_type:death':
      return 'death';
    case 'ocrvs:registry_type:marriage':
      return 'marriage';
  }
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' ? value : other;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function listed(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' | ');
}
