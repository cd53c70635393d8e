import { type BirthRegister } from '../births.js';
import { dateText, dayOfDate } from '../calendar.js';
import { pick } from '../dice.js';
import { type Delivery, type Parent } from '../families.js';
import { type KnownNumber } from './flavour.js';

/** Somebody in a register of people: a child, a mother or a father of the births, once. */
export interface Person {
  readonly key: string;
  readonly numbers: readonly KnownNumber[];
  readonly givenName: string;
  readonly familyName: string | null;
  readonly sex: string;
  readonly birthDate: string;
  readonly town: string;
}

type Met = Omit<Person, 'birthDate'> & { readonly birthDate: string | null };

/**
 * The people behind the births: everybody whom an import of the births makes, and the children without a number. Records
 * that contradict each other are not among them: a register of people has no such.
 */
export function peopleOf(register: BirthRegister): Person[] {
  const people = new Map<number, Met>();
  for (let position = register.size - 1; position >= 0; position -= 1) {
    const entry = register.timeline.entryAt(position);
    if (entry.kind === 'conflict') continue;
    const delivery = register.delivery(entry.delivery);
    const child = pick(delivery.children, entry.twin);
    const town = pick(register.country.districts, delivery.homeDistrict).town;
    const numbers: KnownNumber[] = [];
    if (child.identified) numbers.push({ type: 'BRN', value: register.registrationOf(position) });
    if (child.identified && child.hasNational) numbers.push(national(register, child.person));
    const { sex, person } = child;
    add(people, person, { ...child.name(), numbers, sex, birthDate: register.birthDateAt(position), town });
    if (!child.identified) continue;
    for (const [parent, parentSex] of parentsOf(delivery)) {
      add(people, parent.person, {
        ...parent.name(),
        numbers: parent.shows === 'registration' ? [] : [national(register, parent.person)],
        sex: parentSex,
        birthDate: null,
        town,
      });
    }
  }
  // Nobody tells when the parents were born: here they have a birth date as everybody has.
  return [...people].map(([person, known]) => ({
    ...known,
    birthDate: known.birthDate ?? dateText(dayOfDate(1960, 1, 1) + (register.dice(person, 121) % 14_000)),
  }));
}

function parentsOf({ mother, father }: Delivery): [parent: Parent, sex: string][] {
  const shown: [Parent | null, string][] = [
    [mother, 'female'],
    [father, 'male'],
  ];
  return shown.flatMap(([parent, sex]) =>
    parent === null || parent.shows === 'nothing' ? [] : [[parent, sex] as [Parent, string]],
  );
}

function national(register: BirthRegister, person: number): KnownNumber {
  return { type: 'NID', value: register.numbering.national(person) };
}

/** Who is met again brings numbers and a birth date, no other name. */
function add(people: Map<number, Met>, person: number, met: Omit<Met, 'key'>): void {
  const known = people.get(person);
  if (known === undefined) {
    people.set(person, { ...met, key: String(person) });
    return;
  }
  const isNew = ({ type, value }: KnownNumber): boolean =>
    !known.numbers.some((number) => number.type === type && number.value === value);
  people.set(person, {
    ...known,
    numbers: [...known.numbers, ...met.numbers.filter(isNew)],
    birthDate: known.birthDate ?? met.birthDate,
  });
}
