import { type Pool } from 'pg';
import { EVERYBODY } from '../record/filter.js';
import { ALL_FIELDS } from '../record/fields.js';
import { fullName, type Identifier, type Individual } from '../record/individual.js';
import { type IndividualRecord } from '../record/individual-record.js';
import { createLoaders } from '../registry/loaders.js';
import { columns, plain } from './output.js';

/** A person as held, with what tells people apart. */
export interface HeldSide extends Pick<Individual, 'id' | 'name' | 'sex' | 'birthDate'> {
  readonly identifiers: readonly Identifier[];
}

/** The people of a conflict in its order, without those who are gone. */
export async function heldSides(pool: Pool, ids: readonly string[]): Promise<HeldSide[]> {
  const loaders = createLoaders(pool, EVERYBODY, ALL_FIELDS);
  const found = await Promise.all(
    ids.map(async (id) => {
      const [individual, identifiers] = await Promise.all([
        loaders.individualById.load(id),
        loaders.identifiersByIndividual.load(id),
      ]);
      if (individual === null) return [];
      const { name, sex, birthDate } = individual;
      return [{ id, name, sex, birthDate, identifiers: identifiers.map(({ type, value }) => ({ type, value })) }];
    }),
  );
  return found.flat();
}

/** Both sides next to one another: a column for each person held, for the subject of the record and for each parent in it. */
export function describeSides(held: readonly HeldSide[], said: IndividualRecord | null): string[] {
  const told: readonly (readonly [string, IndividualRecord])[] =
    said === null
      ? []
      : [['said', said], ...said.parents.map(({ role, record }) => [`said of ${role}`, record] as const)];
  const sides = [
    ...held.map((person) => ['held', person] as const),
    ...told.map(([of, record]) => [of, { id: '', ...record }] as const),
  ];
  const people = sides.map(([, person]) => person);
  return columns([
    ['', ...sides.map(([of]) => of)],
    ['id', ...people.map(({ id }) => id)],
    ['name', ...people.map(({ name }) => (name === undefined ? '' : plain(fullName(name) ?? '')))],
    ['sex', ...people.map(({ sex }) => sex ?? '')],
    ['born', ...people.map(({ birthDate }) => birthDate?.date ?? '')],
    ...Array.from({ length: Math.max(0, ...people.map(({ identifiers }) => identifiers.length)) }, (_, index) => [
      index === 0 ? 'identifiers' : '',
      ...people.map(({ identifiers }) => describeIdentifier(identifiers[index])),
    ]),
  ]);
}

function describeIdentifier(identifier: Identifier | undefined): string {
  return identifier === undefined ? '' : plain(`${identifier.type} ${identifier.value}`);
}
