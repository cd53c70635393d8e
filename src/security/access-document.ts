import { z } from 'zod';
import { type Access, FULL_ACCESS } from '../record/access.js';
import { OPERATORS, SENSITIVITIES } from '../record/attributes.js';
import { FieldSet } from '../record/fields.js';
import { allOf, type Filter } from '../record/filter.js';
import { Problem } from '../record/problem.js';
import { REGISTRY_KINDS } from '../record/registry-kind.js';

const fieldName = z.string().regex(/^(individual|group|farmer|disability|enrolment)\.(\*|[A-Za-z][\w.]{0,98})$/u, {
  error: 'a field is written individual.birth_date, or disability.* for all of a kind of record',
});

const ACCESS_DOCUMENT = z.strictObject({
  registries: z.array(z.enum(REGISTRY_KINDS)).min(1).optional(),
  /** Fields that are shown, and no others. */
  only: z.array(fieldName).min(1).optional(),
  /** Fields that are never shown. */
  never: z.array(fieldName).optional(),
  sensitivities: z.array(z.enum(SENSITIVITIES)).min(1).optional(),
  operators: z.array(z.enum(OPERATORS)).min(1).optional(),
  rows: z
    .strictObject({
      /** Ids of locations: people whose home is there or below. */
      within: z.array(z.uuid()).min(1).optional(),
      /** Ids of locations: people who were born there or below. */
      bornWithin: z.array(z.uuid()).min(1).optional(),
      /** Codes of data sources that told of the person. */
      sources: z.array(z.string().min(1)).min(1).optional(),
      /** Identifiers of programmes in which the person, or a group of the person's, is enrolled. */
      programmes: z.array(z.string().min(1)).min(1).optional(),
    })
    .optional(),
  largestPage: z.int().min(1).max(10_000).optional(),
  recordsPerHour: z.int().min(0).optional(),
});

/** Limits as an operator writes them and as they are stored; what is absent limits nothing. */
export type AccessDocument = z.infer<typeof ACCESS_DOCUMENT>;

/** Checks limits that somebody wrote. Throws a `Problem` `ACCESS_INVALID` that names what is wrong. */
export function readAccessDocument(value: unknown): AccessDocument {
  const read = ACCESS_DOCUMENT.safeParse(value);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.') || 'the limits'}: ${message}`);
  throw new Problem('ACCESS_INVALID', `These limits cannot be used: ${wrong.join('; ')}`);
}

type Changes<Document> = { readonly [Name in keyof Document]?: Document[Name] | null | undefined };

/** Limits to be set; `null` takes one away, what is absent stays. */
export type LimitChanges = Omit<Changes<AccessDocument>, 'rows'> & {
  readonly rows?: Changes<NonNullable<AccessDocument['rows']>> | null | undefined;
};

/** Limits after such changes. Throws a `Problem` `ACCESS_INVALID`. */
export function changeLimits(current: AccessDocument, { rows, ...changes }: LimitChanges): AccessDocument {
  const changedRows = rows === null ? {} : given({ ...current.rows, ...defined(rows ?? {}) });
  const changed = given({ ...current, ...defined(changes), rows: null });
  return readAccessDocument(Object.keys(changedRows).length === 0 ? changed : { ...changed, rows: changedRows });
}

function defined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}

/** The access that is left where all of the documents hold. */
export function accessOf(documents: readonly AccessDocument[]): Access {
  return documents.reduce<Access>(
    (access, document) => ({
      rows: allOf([access.rows, ...rowsOf(document)]),
      rowLimits: document.rows === undefined ? access.rowLimits : [...access.rowLimits, document.rows],
      fields: access.fields.and(
        new FieldSet([{ sensitivities: document.sensitivities, only: document.only, never: document.never }]),
      ),
      registries: common(access.registries, document.registries),
      operators: common(access.operators, document.operators),
      largestPage: smaller(access.largestPage, document.largestPage),
      recordsPerHour: smaller(access.recordsPerHour, document.recordsPerHour),
    }),
    FULL_ACCESS,
  );
}

function rowsOf({ rows }: AccessDocument): Filter[] {
  if (rows === undefined) return [];
  const { within, bornWithin, sources, programmes } = rows;
  return [
    ...(within ? [{ kind: 'within', place: 'home', locationIds: within } as const] : []),
    ...(bornWithin ? [{ kind: 'within', place: 'birth', locationIds: bornWithin } as const] : []),
    ...(sources ? [{ kind: 'from_source', codes: sources } as const] : []),
    ...(programmes ? [{ kind: 'in_programme', identifiers: programmes } as const] : []),
  ];
}

function common<Word>(held: readonly Word[] | null, given: readonly Word[] | undefined): readonly Word[] | null {
  if (given === undefined) return held;
  return held === null ? given : held.filter((word) => given.includes(word));
}

function smaller(held: number | null, given: number | undefined): number | null {
  if (given === undefined) return held;
  return held === null ? given : Math.min(held, given);
}
