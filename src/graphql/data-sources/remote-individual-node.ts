import { Ctx, Field, Int, ObjectType } from 'type-graphql';
import type { IndividualRecord, Parent, PlaceReference, RecordIssue } from '../../record/individual-record.js';
import type { DatePrecision, Identifier, Sex } from '../../record/individual.js';
import type { Exchange } from '../../sources/exchanges/exchange.js';
import type { SearchResult } from '../../sources/registry-client.js';
import type { GraphContext } from '../context.js';
import { DatePrecisionEnum, SexEnum } from '../individuals/individual-enums.js';
import { IdentifierNode, PersonNameNode } from '../individuals/person-name.js';
import { DateScalar } from '../scalars.js';
import { ExchangeNode, requireInspection, showExchange } from './exchange-node.js';

@ObjectType('RemotePlace', { description: 'A place as another registry names it.', simpleResolvers: true })
class RemotePlaceNode {
  @Field(() => String, { nullable: true, description: "Id in that registry's list of places." })
  readonly externalId: string | null;

  @Field(() => String, { nullable: true, description: 'Id there of the place that contains it.' })
  readonly containedInExternalId: string | null;

  @Field(() => String, { nullable: true, description: 'Kind of place.' })
  readonly type: string | null;

  @Field(() => String, { nullable: true, description: 'The place in words.' })
  readonly text: string | null;

  constructor(place: PlaceReference) {
    this.externalId = place.externalId ?? null;
    this.containedInExternalId = place.containedInExternalId ?? null;
    this.type = place.type ?? null;
    this.text = place.text ?? null;
  }
}

@ObjectType('RecordIssue', {
  description: 'A value of a record that was left out or kept with a doubt; never the value itself.',
  simpleResolvers: true,
})
export class RecordIssueNode implements RecordIssue {
  @Field(() => String, { description: 'Name of the field: `sex`, `birthDate`, `mother.name`, ...' })
  readonly field: string;

  @Field(() => String, { description: 'A stable word: `value_unusable`, `date_in_future`, ...' })
  readonly code: RecordIssue['code'];

  @Field(() => String, { description: 'A sentence without the value.' })
  readonly message: string;

  constructor({ field, code, message }: RecordIssue) {
    this.field = field;
    this.code = code;
    this.message = message;
  }
}

@ObjectType('RemoteIndividual', {
  description: 'A person as another registry tells of them now. Nothing of it is stored here.',
  simpleResolvers: true,
})
export class RemoteIndividualNode {
  @Field(() => [IdentifierNode], {
    nullable: true,
    description: 'The numbers and codes under which it knows the person.',
  })
  readonly identifiers: readonly Identifier[];

  @Field(() => PersonNameNode, { nullable: true, description: 'The name; null when it was not told.' })
  readonly name: PersonNameNode | null;

  @Field(() => SexEnum, { nullable: true, description: 'Sex; null when it was not told.' })
  readonly sex: Sex | null;

  @Field(() => DateScalar, { nullable: true, description: 'Date of birth; see `birthDatePrecision`.' })
  readonly birthDate: string | null;

  @Field(() => DatePrecisionEnum, { nullable: true, description: 'How much of the date of birth was told.' })
  readonly birthDatePrecision: DatePrecision | null;

  @Field(() => DateScalar, { nullable: true, description: 'Date of death.' })
  readonly deathDate: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the person has died; null when it was not told.' })
  readonly deceased: boolean | null;

  @Field(() => RemotePlaceNode, { nullable: true, description: 'Where the person was born.' })
  readonly birthPlace: RemotePlaceNode | null;

  @Field(() => RemotePlaceNode, { nullable: true, description: 'Where the person lives.' })
  readonly homePlace: RemotePlaceNode | null;

  @Field(() => RemoteIndividualNode, { nullable: true, description: 'The mother, where the record names her.' })
  readonly mother: object | null;

  @Field(() => RemoteIndividualNode, { nullable: true, description: 'The father, where the record names him.' })
  readonly father: object | null;

  @Field(() => [RemoteIndividualNode], {
    nullable: true,
    description: 'Parents of whom the record does not say which of the two they are.',
  })
  readonly parents: readonly object[];

  @Field(() => [RecordIssueNode], { description: 'Values of the record that could not be used.' })
  readonly issues: readonly RecordIssueNode[];

  constructor(record: IndividualRecord) {
    this.identifiers = record.identifiers;
    this.name = record.name ? new PersonNameNode(record.name) : null;
    this.sex = record.sex ?? null;
    this.birthDate = record.birthDate?.date ?? null;
    this.birthDatePrecision = record.birthDate?.precision ?? null;
    this.deathDate = record.deathDate?.date ?? null;
    this.deceased = record.deceased ?? null;
    this.birthPlace = record.birthPlace ? new RemotePlaceNode(record.birthPlace) : null;
    this.homePlace = record.homePlace ? new RemotePlaceNode(record.homePlace) : null;
    const parents = (role: Parent['role']): RemoteIndividualNode[] =>
      record.parents.filter((parent) => parent.role === role).map((parent) => new RemoteIndividualNode(parent.record));
    this.mother = parents('mother')[0] ?? null;
    this.father = parents('father')[0] ?? null;
    this.parents = parents('parent');
    this.issues = record.issues.map((issue) => new RecordIssueNode(issue));
  }
}

@ObjectType('RegistrySearchResult', {
  description: 'One page of what another registry answered, as it answered.',
  simpleResolvers: true,
})
export class RegistrySearchResultNode {
  @Field(() => [RemoteIndividualNode], { description: 'The people on the page.' })
  readonly individuals: readonly RemoteIndividualNode[];

  @Field(() => Int, { nullable: true, description: 'How many it has in all; null when it does not say.' })
  readonly total: number | null;

  @Field(() => Int, { nullable: true, description: 'Number of the page, from 1, as it says.' })
  readonly pageNumber: number | null;

  @Field(() => Int, { nullable: true, description: 'Records per page, as it says.' })
  readonly pageSize: number | null;

  @Field(() => [String], { description: 'What an operator should know of how it was asked.' })
  readonly warnings: readonly string[];

  constructor(
    { records, pagination, warnings }: SearchResult,
    private readonly sent: Exchange | null,
  ) {
    this.individuals = records.map((record) => new RemoteIndividualNode(record));
    this.total = pagination?.total ?? null;
    this.pageNumber = pagination?.number ?? null;
    this.pageSize = pagination?.size ?? null;
    this.warnings = warnings;
  }
  @Field(() => ExchangeNode, {
    nullable: true,
    description: 'The message that asked for it, and the answer. Needs scope `dci.inspect`.',
  })
  async exchange(@Ctx() context: GraphContext): Promise<ExchangeNode | null> {
    requireInspection(context, 'people');
    return this.sent && (await showExchange(context, this.sent));
  }
}
