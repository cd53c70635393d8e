import { Field, Int, ObjectType } from 'type-graphql';
import type { ExplainedItem } from '../../partners/explain/explain-message.js';

@ObjectType('ExplainedRefusal', { description: 'Why something would be refused.', simpleResolvers: true })
export class ExplainedRefusal {
  @Field(() => String, { description: 'The code that the client would be answered with.' })
  readonly code: string;

  @Field(() => String, { description: 'The same as a sentence.' })
  readonly message: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Which setting of the client refuses it: `registries`, `consent`, `largest-page`, `fields`, `operators`, `rows`, ' +
      '`scopes`; `message`: none, it would be refused of anybody.',
  })
  readonly rule: string | null;

  @Field(() => String, { nullable: true, description: 'Of a document: the field of the answer, with points.' })
  readonly path: string | null;

  constructor(
    { code, message }: { readonly code: string; readonly message: string },
    rule: string | null,
    path: string | null = null,
  ) {
    this.code = code;
    this.message = message;
    this.rule = rule;
    this.path = path;
  }
}

@ObjectType('ExplainedField', { description: 'A field of records that is taken out.', simpleResolvers: true })
export class ExplainedField {
  @Field(() => String, { description: 'The field: `individual.birth_date`, ...' })
  readonly field: string;

  @Field(() => String, {
    description:
      'The rule: `sensitivities` (its class is not opened by scopes or limits), `only` (it is not among those named), ' +
      '`never` (it is named).',
  })
  readonly by: string;

  constructor(field: string, by: string) {
    this.field = field;
    this.by = by;
  }
}

@ObjectType('ExplainedItem', {
  description: 'What a client would get for one item of a message.',
  simpleResolvers: true,
})
export class ExplainedItemNode {
  @Field(() => String, { description: 'Its reference_id; empty where it has none.' })
  readonly referenceId: string;

  @Field(() => String, { nullable: true, description: 'The registry that is asked.' })
  readonly registry: string | null;

  @Field(() => String, { nullable: true, description: 'The kind of record.' })
  readonly record: string | null;

  @Field(() => ExplainedRefusal, { nullable: true, description: 'Why it would be refused; null: it would not.' })
  readonly refused: ExplainedRefusal | null;

  @Field(() => Int, { nullable: true, description: 'Records of the page that would be answered.' })
  readonly pageSize: number | null;

  @Field(() => Int, { nullable: true, description: 'Its number, from 1.' })
  readonly pageNumber: number | null;

  @Field(() => [String], { description: 'Fields that its records may hold.' })
  readonly fields: readonly string[];

  @Field(() => [ExplainedField], { description: 'Fields that are taken out.' })
  readonly withheld: readonly ExplainedField[];

  constructor({ referenceId, registry, record, refused, page, fields, withheld }: ExplainedItem) {
    this.referenceId = referenceId;
    this.registry = registry;
    this.record = record;
    this.refused = refused && new ExplainedRefusal(refused, refused.rule);
    this.pageSize = page?.size ?? null;
    this.pageNumber = page?.number ?? null;
    this.fields = fields;
    this.withheld = withheld.map(({ field, by }) => new ExplainedField(field, by));
  }
}

/** What is said of a client whatever it asks, and of what it asks. */
export interface AccessExplanation {
  readonly refused: ExplainedRefusal | null;
  readonly rows: string;
  readonly largestPage: number;
  readonly recordsPerHour: number | null;
  readonly registries: readonly string[] | null;
  readonly operators: readonly string[] | null;
  readonly consentRequired: boolean;
  readonly signature: string;
  readonly items: readonly ExplainedItemNode[];
  readonly fields: readonly string[];
  readonly withheld: readonly ExplainedField[];
  readonly refusals: readonly ExplainedRefusal[];
}

@ObjectType('AccessExplanation', {
  description: 'What a client would get for a request, and which rule takes the rest away. Nobody is looked up for it.',
  simpleResolvers: true,
})
export class AccessExplanationNode implements AccessExplanation {
  @Field(() => ExplainedRefusal, { nullable: true, description: 'Why the whole request would be refused.' })
  readonly refused!: ExplainedRefusal | null;

  @Field(() => String, { description: 'Of whom it is told, in words.' })
  readonly rows!: string;

  @Field(() => Int, { description: 'The most records of one page.' })
  readonly largestPage!: number;

  @Field(() => Int, { nullable: true, description: 'People of whom it is told in an hour; null: any number.' })
  readonly recordsPerHour!: number | null;

  @Field(() => [String], { nullable: true, description: 'The registries that it may ask; null: all.' })
  readonly registries!: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: 'The operators that it may search with; null: all.' })
  readonly operators!: readonly string[] | null;

  @Field(() => Boolean, { description: 'Whether it has to bring a consent object.' })
  readonly consentRequired!: boolean;

  @Field(() => String, { description: 'Whether its messages have to be signed: `off`, `optional`, `required`.' })
  readonly signature!: string;

  @Field(() => [ExplainedItemNode], { description: 'Of a message: each of its items.' })
  readonly items!: readonly ExplainedItemNode[];

  @Field(() => [String], { description: 'Of a document: the fields of records that its answer may hold.' })
  readonly fields!: readonly string[];

  @Field(() => [ExplainedField], { description: 'Of a document: the fields that it asks for and does not get.' })
  readonly withheld!: readonly ExplainedField[];

  @Field(() => [ExplainedRefusal], { description: 'Of a document: the parts that would be refused.' })
  readonly refusals!: readonly ExplainedRefusal[];

  constructor(explanation: AccessExplanation) {
    Object.assign(this, explanation);
  }
}
