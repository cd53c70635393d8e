import { Field, ID, ObjectType } from 'type-graphql';
import type { PersonDisclosure } from '../../security/audit/disclosure-list.js';
import { connectionType } from '../connection.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';

@ObjectType('Disclosure', {
  description: 'One answer that told somebody of a person. It never holds what was told.',
  simpleResolvers: true,
})
export class DisclosureNode {
  @Field(() => ID, { description: 'Global id of the entry of the audit; opaque.' })
  readonly id: string;

  @Field(() => DateTimeScalar, { description: 'When the answer left.' })
  readonly at: Date;

  @Field(() => String, {
    description: 'Who was told: `client:<client id>`, `person:<issuer>#<digest>`, `local-developer`.',
  })
  readonly actor: string;

  @Field(() => String, { nullable: true, description: 'Name of the client that was told; null for everybody else.' })
  readonly clientName: string | null;

  @Field(() => String, { description: 'What it was: `search.answered`, `graph.answered`, `notify.sent`, ...' })
  readonly action: string;

  @Field(() => String, { nullable: true, description: 'The registry that was asked; null: the graph.' })
  readonly registry: string | null;

  @Field(() => String, { description: 'Names the request in the log and to the one who asked.' })
  readonly correlationId: string;

  @Field(() => String, { nullable: true, description: 'The purpose that was given; null where there was none.' })
  readonly purpose: string | null;

  @Field(() => [String], { description: 'The fields that left: `individual.birth_date`, ...' })
  readonly fields: readonly string[];

  @Field(() => Boolean, { description: 'Whether a consent or authorize object was given and is still held.' })
  readonly hasEvidence: boolean;

  constructor(disclosure: PersonDisclosure) {
    this.id = globalId('AuditEntry', disclosure.id);
    this.at = disclosure.at;
    this.actor = disclosure.actor;
    this.clientName = disclosure.clientName;
    this.action = disclosure.action;
    this.registry = disclosure.registry;
    this.correlationId = disclosure.correlationId;
    this.purpose = disclosure.purpose;
    this.fields = disclosure.fields;
    this.hasEvidence = disclosure.hasEvidence;
  }
}

/** A page of what was told of a person. */
export const DisclosureConnection = connectionType('Disclosure', () => DisclosureNode);
