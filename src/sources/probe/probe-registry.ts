import { type Dialect, dialect } from '../../dci/dialects/dialect.js';
import { type DialectName } from '../../dci/dialects/names.js';
import { type Filter } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import { checkDataSource, DEFAULT_PATHS } from '../data-source.js';
import { type HttpExchange } from '../http-exchange.js';
import { type SealOptions } from '../seal-exchange.js';
import { shapeOf, type Signs, signsOf } from './dialect-signs.js';
import { ProbeLine } from './probe-line.js';
import { findQueryTypes } from './probe-queries.js';
import { type ProbeReport, type ProbeRequest } from './probe-report.js';
import { askInDialect, type ProbeAnswer, type ProbeContext } from './probe-search.js';
import { findTokens } from './probe-tokens.js';

/** What probing works with. */
export interface Probing {
  readonly exchange: HttpExchange;
  readonly sealing: SealOptions;
  readonly senderId: string;
  readonly signal: AbortSignal;
}

/** Those that are told apart; the examples of the standard are asked as the standard is. */
const CANDIDATES: readonly DialectName[] = [
  'opencrvs-1.0',
  'opencrvs-1.9',
  'openspp-17',
  'openspp-2',
  'openg2p',
  'spdci-1.0',
];

interface Tried {
  readonly dialect: Dialect;
  readonly path: string;
  readonly answer: ProbeAnswer;
  readonly signs: Signs;
}

/**
 * Finds out what a registry speaks by asking it in every dialect that we know; a record that it shows is looked at and
 * forgotten. Throws `DATA_SOURCE_INVALID` for an address that is none, `PROFILE_MISMATCH` where it speaks something else
 * than was expected, and the problems of `RegistryClient.search` where it is not reached.
 */
export async function probeRegistry(probing: Probing, request: ProbeRequest): Promise<ProbeReport> {
  const { baseUrl } = checkDataSource({ baseUrl: request.url });
  const { clientId, clientSecret, dbName, expected } = request;
  const credentials = clientId === undefined || clientSecret === undefined ? null : { clientId, clientSecret };
  const { exchange, sealing, senderId, signal } = probing;
  const line = new ProbeLine(exchange, baseUrl, clientSecret === undefined ? [] : [clientSecret], signal);
  const tokens = await findTokens(line, credentials, dbName);
  const context = { line, sealing, senderId, authorization: tokens.authorization };
  const tried = await askInAll(context);
  const best = bestOf(tried) ?? guessOf(tried);
  if (expected !== undefined && best?.dialect.name !== expected) throw mismatch(expected, best, tried);
  const seen = best === null ? null : await seeSomebody(context, best);
  const [record] = seen?.written ?? [];
  const locations = (await line.publishes(LOCATIONS)) ? { locations: LOCATIONS } : {};
  return {
    baseUrl,
    profile: best?.dialect.name ?? null,
    reasons: [...tokens.reasons, ...(best === null ? tried.map(refusal) : reasonsFor(best))],
    tokenStyle: tokens.style,
    queryTypes:
      best === null
        ? { 'idtype-value': 'unknown', predicate: 'unknown', expression: 'unknown' }
        : await findQueryTypes(context, best, seen?.records[0] ?? null),
    recordShape: record === undefined ? 'unknown' : shapeOf(record).shape,
    recordFields: record === undefined ? [] : shapeOf(record).fields,
    pageDefault: best === null ? null : await findPageDefault(context, best),
    signature: best?.dialect.request.signature ?? 'none',
    paths: {
      ...(best === null ? {} : { search: best.path }),
      ...(tokens.style === null || tokens.style === 'none' ? {} : { token: DEFAULT_PATHS['spdci-1.0'].token }),
      ...locations,
    },
    parameters: tokens.style === 'json' && dbName !== undefined ? { db_name: dbName } : {},
    warnings: tokens.warnings,
    requests: line.requests,
  };
}

const LOCATIONS = DEFAULT_PATHS['spdci-1.0'].locations;

async function askInAll(context: ProbeContext): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const name of CANDIDATES) {
    const asked = { dialect: dialect(name), path: DEFAULT_PATHS[name].search };
    // A register without pages would give everybody.
    const answer = await askInDialect(context, asked, asked.dialect.request.paged ? undefined : bornIn('1990-05'));
    const signs = answer.outcome === 'answered' ? signsOf(asked.dialect, answer) : { for: [], against: [] };
    tried.push({ ...asked, answer, signs });
  }
  return tried;
}

/** Somebody shown counts more than any form; an answer without an item counts for little. */
function bestOf(tried: readonly Tried[]): Tried | null {
  const rank = ({ answer, signs }: Tried): number => {
    if (answer.outcome === 'refused') return Number.NEGATIVE_INFINITY;
    const said = answer.records.length > 0 ? 2 : answer.item === null ? -2 : 0;
    return said + signs.for.length - 2 * signs.against.length;
  };
  return tried
    .filter(({ answer }) => answer.outcome === 'answered')
    .reduce<Tried | null>((best, one) => (best === null || rank(one) > rank(best) ? one : best), null);
}

/** Where everything was refused: a search at a path that only one product has. */
function guessOf(tried: readonly Tried[]): Tried | null {
  const isOwn = (path: string): boolean => tried.filter((other) => other.path === path).length === 1;
  return (
    tried.find(
      ({ path, answer }) =>
        answer.outcome === 'refused' && isOwn(path) && answer.status !== 404 && answer.status !== 405,
    ) ?? null
  );
}

function reasonsFor({ dialect: { name, request }, path, signs, answer }: Tried): string[] {
  return [
    answer.outcome === 'answered'
      ? `It answers questions in ${name} at ${path}.`
      : `There is a search at ${path}, where only ${name} has one; it refused the question: ${answer.said}`,
    ...signs.for,
    ...signs.against.map((sentence) => `${sentence} That is not as ${name} has it.`),
    ...(request.signature === 'none' ? [] : [`Speakers of ${name} want their messages signed: ${request.signature}.`]),
  ];
}

function refusal({ dialect: { name }, answer }: Tried): string {
  return answer.outcome === 'refused'
    ? `${name}: ${answer.said}`
    : `${name}: it answered, and nothing in the answer is as ${name} has it.`;
}

function mismatch(expected: DialectName, best: Tried | null, tried: readonly Tried[]): Problem {
  const asked = tried.find(({ dialect: { name } }) => name === expected);
  const why = asked === undefined ? '' : ` (${refusal(asked)})`;
  return new Problem(
    'PROFILE_MISMATCH',
    best === null
      ? `The registry does not speak ${expected}${why}, nor anything else that is known here`
      : `The registry speaks ${best.dialect.name}, not ${expected}${why}: set the dialect to ${best.dialect.name}`,
    { field: 'profile' },
  );
}

/** One record, to see its shape: of a registry without pages of a short time, made longer until somebody was born in it. */
async function seeSomebody(
  context: ProbeContext,
  { dialect: spoken, path, answer }: Tried,
): Promise<Extract<ProbeAnswer, { outcome: 'answered' }> | null> {
  let last = answer;
  for (const period of ['1990', '2020-06', '2020']) {
    if (last.outcome !== 'answered') return null;
    if (last.records.length > 0) return last;
    if (spoken.request.paged) return null;
    last = await askInDialect(context, { dialect: spoken, path }, bornIn(period));
  }
  return last.outcome === 'answered' && last.records.length > 0 ? last : null;
}

/** Born in a month or a year. */
function bornIn(period: string): Filter {
  const [from, to] = period.length === 4 ? [`${period}-01-01`, `${period}-12-31`] : [`${period}-01`, `${period}-28`];
  return {
    kind: 'and',
    filters: [
      { kind: 'compare', attribute: 'birth_date', operator: 'ge', values: [from] },
      { kind: 'compare', attribute: 'birth_date', operator: 'le', values: [to] },
    ],
  };
}

/** What a page is where none is asked for, as the answer says it; for a short time, so that few are shown. */
async function findPageDefault(context: ProbeContext, { dialect: spoken, path }: Tried): Promise<number | null> {
  if (!spoken.request.paged) return null;
  const answer = await askInDialect(
    context,
    { dialect: spoken, path },
    undefined,
    ({ pagination: _, ...criteria }) => criteria,
  );
  return answer.outcome === 'answered' ? (answer.item?.pagination?.size ?? null) : null;
}
