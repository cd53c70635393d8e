import { ALL_FIELDS } from '../../src/record/fields.js';
import type { IndividualAnswer, Kinship, PlaceAnswer } from '../../src/record/individual-answer.js';
import {
  DATE_PRECISIONS,
  SEXES,
  type Identifier,
  type PartialDate,
  type PersonName,
} from '../../src/record/individual.js';
import type { JsonObject } from '../../src/record/json.js';
import type { EnrolmentAnswer, GroupAnswer, RecordAnswer } from '../../src/record/record-answer.js';
import type { RecordKind } from '../../src/record/registry-kind.js';
import { MARITAL_STATUSES, type Marriage } from '../../src/record/registry-record.js';
import { seededNumbers } from './seeded-numbers.js';

/** Answers of every kind that are the same at every run of a seed: people of all scripts, gaps and rare cases. */
export class DrawnAnswers {
  readonly #next: (below: number) => number;

  constructor(seed: number) {
    this.#next = seededNumbers(seed);
  }

  draw(kind: RecordKind): RecordAnswer {
    const moments = this.#moments();
    switch (kind) {
      case 'individual':
        return { kind, ...this.person() };
      case 'group':
        return { kind, ...this.#group() };
      case 'farmer':
        return {
          kind,
          person: this.person(),
          place: this.#maybe(() => this.#place()),
          farmer: {
            id: this.#uuid(),
            individualId: this.#uuid(),
            farmType: this.#maybe(() => String(1 + this.#next(7))),
            farmSize: this.#maybe(() => this.#next(10_000) / 100),
            landTenure: this.#maybe(() => this.#pick(['1', '4', 'Non-legal ownership/Squatting illegally on land'])),
            locationId: null,
            placeText: null,
            attributes: this.#some({
              farm_details: [
                { farming_activities: { crop_production: [{ crop_type_name: '1', irrigation: 'drip' }] } },
              ],
              machineries_details: [{ type: '31', count: 2 }],
              family_details: { group_size: 2 },
              latitude: 9.56,
              longitude: -100.02,
              cooperative: 'Ünïon 7',
            }),
            ...moments,
          },
        };
      case 'disability':
        return {
          kind,
          person: this.person(),
          shown: ALL_FIELDS,
          disability: {
            id: this.#uuid(),
            individualId: this.#uuid(),
            status: this.#maybe(() => String(this.#next(3))),
            level: this.#maybe(() => String(1 + this.#next(4))),
            details: [{ impairment_type: '1', impairment_level: '3' }, { impairment_cause: '99' }].slice(this.#next(3)),
            attributes: this.#some({
              disability_support: [{ human_assistance: [{ type: 'mobility', intensity: '1' }] }],
              transport_requirement: '2',
              housing_type: '4',
              programs_enrolments: [{ programme_identifier: 'AD234' }],
              card_number: '77',
            }),
            ...moments,
          },
        };
      case 'enrolment':
        return { kind, ...this.#enrolment() };
    }
  }

  /** Somebody who can be found again: every record of ours has an id. */
  person(): IndividualAnswer {
    const deathDate = this.#maybe(() => this.#date());
    const deceased = deathDate !== null || this.#next(5) === 0;
    return {
      shown: ALL_FIELDS,
      individual: {
        id: this.#uuid(),
        name: this.#name(),
        sex: this.#pick([...SEXES, null]),
        birthDate: this.#maybe(() => this.#date()),
        deathDate,
        deceased,
        birthLocationId: null,
        birthPlaceText: this.#maybe(() => '1 Lake Road'),
        homeLocationId: null,
        homePlaceText: this.#maybe(() => 'P.O. Box 7'),
        ...this.#moments(),
      },
      identifiers: this.#identifiers(),
      birthPlace: this.#maybe(() => this.#place()),
      deathPlace: deceased ? this.#maybe(() => this.#place()) : null,
      deathPlaceText: deceased ? this.#maybe(() => 'by the road') : null,
      homePlace: this.#maybe(() => this.#place()),
      parents: [],
      maritalStatus: this.#maybe(() => this.#pick(MARITAL_STATUSES)),
      marriages: this.#marriages(),
      phoneNumbers: ['+260970000001', '+260970000002'].slice(this.#next(3)),
      emails: ['a@example.org'].slice(this.#next(2)),
      attributes: this.#some({
        prefix: 'Dr.',
        maiden_name: 'née X',
        occupation: '6',
        income_level: 'low',
        education_level: '9b',
        postal_code: '10101',
        dwelling: { roof: 'iron', rooms: 3 },
        'water.source': ['well', null, true],
      }),
      related: this.#related(),
      disability: null,
    };
  }

  #related(): IndividualAnswer['related'] {
    const kin: Kinship[] = ['mother', 'father', 'child', 'spouse', 'guardian', 'ward'];
    return kin
      .filter(() => this.#next(3) === 0)
      .map((relationship) => ({
        id: this.#uuid(),
        relationship,
        identifiers: this.#identifiers(),
        name: this.#name(),
      }));
  }

  #group(): GroupAnswer {
    const members = Array.from({ length: this.#next(4) }, (_, index) => ({
      role: index === 0 ? this.#pick(['head', null] as const) : this.#pick(['principal_recipient', null] as const),
      member: this.person(),
    }));
    return {
      shown: ALL_FIELDS,
      group: {
        id: this.#uuid(),
        name: this.#maybe(() => this.#word()),
        kind: this.#pick(['household', 'family']),
        ...this.#moments(),
      },
      identifiers: this.#identifiers(),
      place: this.#maybe(() => this.#place()),
      placeText: this.#maybe(() => 'near the well'),
      attributes: this.#some({
        poverty_score: 45.2,
        poverty_score_type: 'income-based',
        place_address: true,
        postal_code: '10101',
        head_count: 3,
      }),
      members,
      size: members.length,
    };
  }

  #enrolment(): EnrolmentAnswer {
    const isGroup = this.#next(2) === 0;
    return {
      shown: ALL_FIELDS,
      enrolment: {
        id: this.#uuid(),
        programmeId: this.#uuid(),
        individualId: null,
        groupId: null,
        status: this.#maybe(() => String(1 + this.#next(7))),
        enrolledOn: this.#maybe(() => this.#day()),
        statusChangedOn: [this.#day(), this.#day()].slice(this.#next(3)),
        benefits: [{ benefit_type: '1', benefit_date: '2025-01-31', benefit_value: 'USD 50' }].slice(this.#next(2)),
        attributes: this.#some({ batch: 7 }),
        ...this.#moments(),
      },
      programme: {
        id: this.#uuid(),
        identifier: `P-${String(this.#next(100))}`,
        name: this.#maybe(() => 'Cash transfer'),
        description: this.#maybe(() => this.#word()),
        attributes: this.#some({ programme_type: '3', benefit_frequency: [{ freq: 'MONTHLY' }], donor: 'X' }),
      },
      person: isGroup ? null : this.person(),
      group: isGroup ? this.#group() : null,
    };
  }

  #marriages(): Marriage[] {
    const [a, b] = [this.#day(), this.#day()].toSorted();
    if (a === undefined || b === undefined || a === b) return [];
    const first = { marriedOn: a, divorcedOn: this.#maybe(() => b) };
    return [first, { marriedOn: '2025-01-01', divorcedOn: this.#maybe(() => '2025-06-30') }].slice(0, this.#next(3));
  }

  #identifiers(): Identifier[] {
    return ['NID', 'BRN', 'UIN']
      .slice(this.#next(4))
      .map((type) => ({ type, value: `${type}-${String(this.#next(1e9))}` }));
  }

  #place(): PlaceAnswer {
    return {
      id: this.#uuid(),
      name: this.#word(),
      type: this.#maybe(() => 'HEALTH_FACILITY'),
      ancestors: [{ id: this.#uuid(), name: this.#word(), type: 'ADMIN_STRUCTURE' }],
    };
  }

  #name(): PersonName {
    return {
      given: this.#maybe(() => this.#word()),
      middle: this.#maybe(() => this.#word()),
      family: this.#maybe(() => this.#word()),
    };
  }

  #word(): string {
    return this.#pick(['Mary', 'José', 'ቢንያም', 'রফিকুল', "N'Gondo", 'O"Neil', 'van der Berg', '👩‍👧']);
  }

  #date(): PartialDate {
    const precision = this.#pick(DATE_PRECISIONS);
    const day = this.#day();
    const date =
      precision === 'year' ? `${day.slice(0, 4)}-01-01` : precision === 'month' ? `${day.slice(0, 7)}-01` : day;
    return { date, precision };
  }

  #day(): string {
    return new Date(Date.UTC(1900 + this.#next(124), this.#next(12), 1 + this.#next(28))).toISOString().slice(0, 10);
  }

  #moments(): { createdAt: Date; updatedAt: Date } {
    return { createdAt: new Date('2024-01-01T07:08:09Z'), updatedAt: new Date('2024-01-02T00:00:00Z') };
  }

  #some(attributes: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(attributes).filter(() => this.#next(2) === 0));
  }

  #maybe<T>(make: () => T): T | null {
    return this.#next(3) === 0 ? null : make();
  }

  #pick<T>(values: readonly T[]): T {
    const value = values[this.#next(values.length)];
    if (value === undefined) throw new Error('there is nothing to pick from');
    return value;
  }

  #uuid(): string {
    return `00000000-0000-4000-8000-${String(this.#next(1e9)).padStart(12, '0')}`;
  }
}
