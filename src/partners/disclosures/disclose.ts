import type { Queryable } from '../../database/pool.js';
import { type GivenPurpose } from '../../dci/consent.js';
import { Problem } from '../../record/problem.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { Disclosure, Ledger, Shown } from '../../security/audit/ledger.js';
import { RETRY_AFTER, WireProblem } from '../reception/wire-problem.js';

/** What one item of an answer tells. */
export interface Told {
  readonly registry: RegistryKind;
  readonly given: GivenPurpose;
  readonly shown: readonly Shown[];
}

/** An answer, or a message of our own, that is about to leave. */
export interface AnswerToTell extends Pick<Disclosure, 'caller' | 'correlationId' | 'detail'> {
  /** `search.answered` ... */
  readonly action: string;
  readonly told: readonly Told[];
}

/**
 * Writes down what an answer tells: once for all of its items that have one purpose and one registry. It may leave only
 * when this has resolved. Throws `RECORD_BUDGET_SPENT`, and `err.service.unavailable` (503) where it could not be
 * written: what is not on record is not told.
 */
export async function disclose(
  ledger: Pick<Ledger, 'disclose'>,
  { told, ...answer }: AnswerToTell,
  db?: Queryable,
): Promise<void> {
  try {
    for (const { registry, purpose, evidence, shown } of together(told)) {
      await ledger.disclose({ ...answer, registry, purpose, evidence, shown }, db);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new WireProblem('err.service.unavailable', NOT_ON_RECORD, 503, { cause: error, headers: RETRY_AFTER });
  }
}

export function isBudgetSpent(error: unknown): boolean {
  return error instanceof Problem && error.code === 'RECORD_BUDGET_SPENT';
}

/** When a caller may be told of people again that was told of as many as an hour allows. */
export function nextHour(now: Date): Date {
  const HOUR_MS = 3_600_000;
  return new Date(Math.floor(now.getTime() / HOUR_MS + 1) * HOUR_MS);
}

const NOT_ON_RECORD = 'What is told of people could not be put on record, and is therefore not told: try again later';

/** How many people the answer tells of. */
export function peopleTold(told: readonly Told[]): number {
  return new Set(told.flatMap(({ shown }) => shown.flatMap(({ individualIds }) => individualIds))).size;
}

type OneDisclosure = Pick<Disclosure, 'registry' | 'purpose' | 'evidence' | 'shown'>;

function together(told: readonly Told[]): readonly OneDisclosure[] {
  const [only, another] = told;
  if (only === undefined) return [];
  if (another === undefined) return [disclosureOf([only])];
  const groups = new Map<string, Told[]>();
  for (const one of told) {
    const key = JSON.stringify([one.registry, one.given.purpose]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map(disclosureOf);
}

function disclosureOf(told: readonly Told[]): OneDisclosure {
  const consents = distinct(told.map(({ given }) => given.consent));
  const authorizations = distinct(told.map(({ given }) => given.authorize));
  const hasEvidence = consents.length + authorizations.length > 0;
  return {
    registry: told[0]?.registry ?? null,
    purpose: told[0]?.given.purpose ?? null,
    evidence: hasEvidence
      ? {
          ...(consents.length === 0 ? {} : { consent: consents.length === 1 ? consents[0] : consents }),
          ...(authorizations.length === 0
            ? {}
            : { authorize: authorizations.length === 1 ? authorizations[0] : authorizations }),
        }
      : null,
    shown: told.flatMap(({ shown }) => shown),
  };
}

/** Most messages repeat one consent in every item. */
function distinct(objects: readonly (object | null)[]): readonly object[] {
  const given = objects.filter((object) => object !== null);
  if (given.length < 2) return given;
  return [...new Map(given.map((object) => [JSON.stringify(object), object])).values()];
}
