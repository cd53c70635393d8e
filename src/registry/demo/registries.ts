import type { MembershipRole } from '../../record/group.js';
import type { JsonObject } from '../../record/json.js';
import { Row } from '../write-records/write-row.js';
import {
  type DisabilityValues,
  type EnrolmentValues,
  type FarmerValues,
  GroupRow,
  type ProgrammeValues,
} from '../write-records/write-values.js';
import type { Chance } from './chance.js';
import { parentsOf } from './civil-life.js';
import type { DemoFamily, DemoPerson } from './families.js';

/** What registries of households, farmers, disabilities and programmes hold of a family. */
export interface DemoRegistries {
  readonly household: GroupRow | null;
  readonly members: readonly {
    readonly id: string;
    readonly groupId: string;
    readonly individualId: string;
    readonly role: MembershipRole | null;
  }[];
  readonly farmers: readonly Row<FarmerValues>[];
  readonly disabilities: readonly Row<DisabilityValues>[];
  readonly enrolments: readonly Row<EnrolmentValues>[];
}

/** The first day on which somebody was enrolled. */
const PROGRAMMES_BEGAN = 2018;
const LAST_YEAR = 2026;

const programme = (number: number, identifier: string, name: string, description: string, attributes: JsonObject) =>
  new Row<ProgrammeValues>(`dec0de00-0000-4000-8000-0000000001${String(number).padStart(2, '0')}`, true, {
    identifier,
    name,
    description,
    attributes: { implementing_institution: 'Ministry of Social Affairs', ...attributes },
    registeredAt: null,
  });

const CASH = programme(1, 'DL-CASH', 'Cash for families', 'Money every month for the poorest households', {
  programme_type: 'social assistance',
});
const MEALS = programme(2, 'DL-MEALS', 'School meals', 'A warm meal on each day of school', {
  programme_type: 'social assistance',
});
const PENSION = programme(3, 'DL-PENSION', 'Old age pension', 'Money every month for everybody from 65 years', {
  programme_type: 'social insurance',
});

/** The same whatever the seed. */
export const DEMO_PROGRAMMES: readonly Row<ProgrammeValues>[] = [CASH, MEALS, PENSION];

/** Makes what the registries hold of one family after the other. */
export class RegistryMaker {
  #households = 0;

  constructor(private readonly chance: Chance) {}

  next(family: DemoFamily): DemoRegistries {
    const living = family.people.filter(({ deceased }) => !deceased);
    const household = this.#household(family, living);
    return {
      household,
      members: household === null ? [] : this.#members(household.id, family, living),
      farmers: living.slice(0, 2).flatMap((person) => this.#farmer(person)),
      disabilities: living.flatMap((person) => this.#disability(person)),
      enrolments: [
        ...(household === null ? [] : this.#cash(household)),
        ...family.people.flatMap((person) => this.#ofPerson(person)),
      ],
    };
  }

  #household(family: DemoFamily, [first]: readonly DemoPerson[]): GroupRow | null {
    if (family.group === null || first === undefined) return null;
    const { chance } = this;
    this.#households += 1;
    const household = new GroupRow(chance.uuid(), true, {
      name: first.name.family,
      kind: 'household',
      location: first.homeLocationId,
      placeText: null,
      attributes: { poverty_score: chance.between(1, 100), poverty_score_type: 'PMT' },
      registeredAt: null,
    });
    household.take('registeredAt', first.registeredAt);
    household.newIdentifiers.push({ type: 'HOUSEHOLD_ID', value: `HH-${String(this.#households).padStart(7, '0')}` });
    return household;
  }

  /** The father at its head, else the mother, else the eldest child; who looks after the children gets the money. */
  #members(groupId: string, family: DemoFamily, living: readonly DemoPerson[]): DemoRegistries['members'] {
    const parents = parentsOf(family).filter((parent) => living.includes(parent));
    const head = parents.at(-1) ?? living[0];
    const recipient = parents.length > 1 ? parents[0] : undefined;
    return living.map((person) => ({
      id: this.chance.uuid(),
      groupId,
      individualId: person.id,
      role: person === head ? 'head' : person === recipient ? 'principal_recipient' : null,
    }));
  }

  #farmer(person: DemoPerson): Row<FarmerValues>[] {
    const { chance } = this;
    if (birthYear(person) > 2004 || !chance.happens(18)) return [];
    const farmType = String(chance.pick([1, 1, 1, 2, 2, 3, 4, 5]));
    const farmSize = chance.between(2, farmType === '5' ? 900 : 60) / 10;
    const landTenure = String(chance.pick([1, 1, 1, 2, 4, 5]));
    const farmer = new Row<FarmerValues>(chance.uuid(), true, {
      individualId: person.id,
      farmType,
      farmSize,
      landTenure,
      location: person.homeLocationId,
      placeText: null,
      attributes: {
        latitude: -13 + chance.between(0, 300_000) / 100_000,
        longitude: 33 + chance.between(0, 200_000) / 100_000,
        farm_details: [
          {
            land_tenure: landTenure,
            land_size: farmSize,
            measurment: '0',
            farming_activities: {
              crop_production: [
                {
                  crop_type_name: String(chance.between(1, 9)),
                  irrigation: chance.happens(30) ? 'irrigated' : 'rain-fed',
                },
              ],
              ...(chance.happens(50) ? { animal_production: [{ livestock_type: String(chance.between(1, 8)) }] } : {}),
            },
          },
        ],
      },
      registeredAt: null,
    });
    farmer.take('registeredAt', person.registeredAt);
    return [farmer];
  }

  #disability(person: DemoPerson): Row<DisabilityValues>[] {
    const { chance } = this;
    if (!chance.happens(7)) return [];
    const severity = chance.between(1, 4);
    const disability = new Row<DisabilityValues>(chance.uuid(), true, {
      individualId: person.id,
      status: chance.pick(['0', '0', '0', '1', '2']),
      // The levels of a disability count down as those of an impairment count up.
      level: String(5 - severity),
      details: [
        {
          impairment_type: String(chance.between(1, 6)),
          impairment_level: String(severity),
          impairment_cause: String(chance.pick([0, 1, 2, 2, 3, 4, 8])),
          age_on_set: String(chance.between(0, 3)),
        },
      ],
      attributes: {
        housing_type: chance.pick(['1', '1', '2', '3']),
        transport_requirement: String(chance.between(0, 2)),
      },
      registeredAt: null,
    });
    disability.take('registeredAt', person.registeredAt);
    return [disability];
  }

  #cash({ id, values }: GroupRow): Row<EnrolmentValues>[] {
    if (Number(values.attributes.poverty_score) > 35) return [];
    return [
      this.#enrolment(CASH.id, { individualId: null, groupId: id }, this.chance.happens(85) ? '1' : '3', '1', 40, null),
    ];
  }

  #ofPerson(person: DemoPerson): Row<EnrolmentValues>[] {
    const year = birthYear(person);
    const who = { individualId: person.id, groupId: null };
    const diedOn = person.deathDate?.date ?? null;
    // Who died before there were programmes was in none.
    if (diedOn !== null && diedOn < `${String(PROGRAMMES_BEGAN + 1)}-01-01`) return [];
    const active = person.deceased ? '2' : this.chance.happens(93) ? '1' : '4';
    if (year >= 2010 && year <= 2019 && this.chance.happens(40)) {
      return [this.#enrolment(MEALS.id, who, active, '3', null, diedOn)];
    }
    return year <= 1961 ? [this.#enrolment(PENSION.id, who, active, '1', 55, diedOn)] : [];
  }

  #enrolment(
    programmeId: string,
    who: Pick<EnrolmentValues, 'individualId' | 'groupId'>,
    status: string,
    benefitType: string,
    amount: number | null,
    diedOn: string | null,
  ): Row<EnrolmentValues> {
    const { chance } = this;
    const lastYear = (diedOn === null ? LAST_YEAR : Number(diedOn.slice(0, 4))) - 1;
    const enrolledOn = `${String(chance.between(PROGRAMMES_BEGAN, lastYear))}-0${String(chance.between(1, 9))}-01`;
    const isChanged = status !== '1';
    return new Row<EnrolmentValues>(chance.uuid(), true, {
      programmeId,
      ...who,
      status,
      enrolledOn,
      statusChangedOn: [enrolledOn, ...(isChanged ? [diedOn ?? `${String(LAST_YEAR)}-06-01`] : [])],
      benefits: [
        {
          benefit_type: benefitType,
          benefit_date: diedOn === null ? `${String(LAST_YEAR)}-05-01` : enrolledOn,
          ...(amount === null ? {} : { benefit_value: `${String(amount)}.00` }),
        },
      ],
      attributes: {},
      registeredAt: null,
    });
  }
}

function birthYear({ birthDate }: DemoPerson): number {
  return Number(birthDate.date.slice(0, 4));
}
